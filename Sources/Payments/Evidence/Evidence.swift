/// One statement about one tracked status: of a payment, an operation, a checkout or a subscription
/// (docs/evidence-rules.md).
package struct Evidence: Sendable, Equatable {
    package var status: Status
    package var amounts: Amounts
    /// The gateway's own time of this status, if it gives one.
    package var gatewayTime: Timestamp?
    package var origin: Origin
    /// Whether the gateway marks it as a manual correction that we have not seen before.
    package var isManualCorrection: Bool
    /// Whether it is an ecommpay `error` without any operation: it refers to one request, not to the payment.
    package var isRequestError: Bool
    /// Whether it is an ecommpay word beside a refund, reversal or capture that is not final: over a paid state it
    /// refers to that operation.
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

/// Where the evidence came from.
package enum Origin: Sendable, Hashable {
    case callback
    /// A status answer; `overtaken` if a callback that was not late has come since its request was sent.
    case answer(overtaken: Bool)
}

/// The amounts that evidence is judged by, in minor units. `nil` means "not stated".
package struct Amounts: Sendable, Hashable {
    package var amount: Int64?
    package var currency: String?
    /// Of a payment: the totals of its operations.
    package var totals: Totals?

    package init(amount: Int64? = nil, currency: String? = nil, totals: Totals? = nil) {
        self.amount = amount
        self.currency = currency
        self.totals = totals
    }

    /// Whether no stated amount of `newer` differs from the known one; an amount that either side does not state is
    /// ignored.
    package func agrees(with newer: Amounts) -> Bool {
        Self.agrees(amount, newer.amount) && Self.agrees(currency, newer.currency)
            && Self.agrees(totals, newer.totals)
    }

    /// These amounts, overridden by those that `newer` states.
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

/// The result of authenticating a callback (docs/evidence-rules.md); everything else is rejected.
package enum Verdict: String, Sendable, CaseIterable {
    case valid
    /// The signature is right, but does not prove the structure of the body.
    case ambiguous
}

/// The decision about one piece of evidence, and what follows from it.
package struct Judgement: Sendable, Equatable {
    package var effect: Effect
    /// The row of the table in docs/evidence-rules.md that decided, 1 to 12 (6b is 6, `unchanged`); an overtaken answer
    /// that differs is row 0.
    package var row: Int
    package var anomaly: AnomalyKind?
    /// Whether the gateway's status endpoint is to be polled at once.
    package var pollsAtOnce: Bool
    /// Whether this answer resolves what is held.
    package var resolvesHeld: Bool

    init(
        _ effect: Effect,
        row: Int,
        anomaly: AnomalyKind? = nil,
        pollsAtOnce: Bool = false,
        resolvesHeld: Bool = false
    ) {
        self.effect = effect
        self.row = row
        self.anomaly = anomaly
        self.pollsAtOnce = pollsAtOnce
        self.resolvesHeld = resolvesHeld
    }
}

/// The effect of a callback on its payment (`callbacks.effect`, docs/reading-the-database.md).
package enum Effect: String, Sendable, CaseIterable {
    case applied
    /// It repeats what is known; at most, gaps were filled.
    case unchanged
    /// It is older than what was applied: kept, not applied.
    case late
    /// A step back, or a body whose signature does not prove its structure: kept until the gateway has been polled.
    case held
    /// It says nothing that we understand about the payment's status.
    case unrecognised
    /// Authentic, but not readable as a report.
    case undecodable
}
