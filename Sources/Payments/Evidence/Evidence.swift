/// One statement about one line: a payment, an operation, a checkout or a subscription (design 3.3).
package struct Evidence: Sendable, Equatable {
    package var status: Status
    package var amounts: Amounts
    /// When the gateway says the thing came to stand so, if it says.
    package var gatewayTime: Timestamp?
    package var origin: Origin
    /// The gateway marks it as a person's correction that we have not seen before.
    package var isManualCorrection: Bool
    /// An ecommpay `error` without any operation: it speaks of one request, not of the payment.
    package var isRequestError: Bool
    /// An ecommpay word beside a refund, reversal or capture that is not final: over a paid state it speaks of that operation.
    package var isOfOperation: Bool

    package init(
        status: Status,
        amounts: Amounts = Amounts(),
        gatewayTime: Timestamp? = nil,
        origin: Origin,
        isManualCorrection: Bool = false,
        isRequestError: Bool = false,
        isOfOperation: Bool = false
    ) {
        self.status = status
        self.amounts = amounts
        self.gatewayTime = gatewayTime
        self.origin = origin
        self.isManualCorrection = isManualCorrection
        self.isRequestError = isRequestError
        self.isOfOperation = isOfOperation
    }
}

/// Who brought the evidence.
package enum Origin: Sendable, Hashable {
    case callback
    /// A status answer; `overtaken` when a callback that was not late has come since its question was sent.
    case answer(overtaken: Bool)
}

/// The amounts a line is judged by, in minor units. `nil` means «not said».
package struct Amounts: Sendable, Hashable {
    package var amount: Int64?
    package var currency: String?
    /// Of a payment: what its operations come to.
    package var totals: Totals?

    package init(amount: Int64? = nil, currency: String? = nil, totals: Totals? = nil) {
        self.amount = amount
        self.currency = currency
        self.totals = totals
    }

    /// Whether nothing that `newer` says differs from what is known; what either side leaves unsaid does not count.
    package func agrees(with newer: Amounts) -> Bool {
        Self.agrees(amount, newer.amount) && Self.agrees(currency, newer.currency)
            && Self.agrees(totals, newer.totals)
    }

    /// These sums with what `newer` says in their place.
    package func updated(by newer: Amounts) -> Amounts {
        Amounts(
            amount: newer.amount ?? amount,
            currency: newer.currency ?? currency,
            totals: newer.totals ?? totals
        )
    }

    private static func agrees<Sum: Equatable>(_ known: Sum?, _ said: Sum?) -> Bool {
        guard let known, let said else { return true }
        return known == said
    }
}

/// What the check of a callback's origin came to (design 3.2); everything else is refused.
package enum Verdict: String, Sendable, CaseIterable {
    case valid
    /// The signature is right, but does not prove the structure of the body.
    case ambiguous
}
