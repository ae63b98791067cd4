/// A report about a payment itself. `nil` means "not stated", and never clears what is known.
package struct PaymentReport: Sendable, Equatable {
    /// ecommpay: `payment.id`. eComCharge: the uid of the root transaction.
    package var id: String
    /// The payment's status if the gateway states one (ecommpay); `nil` if it is the fold of its operations
    /// (eComCharge).
    package var status: Status?
    /// Whether the report comes with the list of all operations, as ecommpay's answers do.
    package var listsOperations = false
    /// An ecommpay `error` without any operation: it refers to one request, not to the payment.
    package var isRequestError = false
    /// The merchant's own name for it. ecommpay: `payment.id`. eComCharge: `tracking_id`.
    package var reference: String?
    package var checkoutToken: String?
    package var type: String?
    /// What its type means; `nil` if no type is stated.
    package var purpose: Purpose?
    package var method: String?
    package var amount: Int64?
    package var currency: String?
    /// The merchant's own amount, if a surcharge makes the total differ from it.
    package var initialAmount: Int64?
    package var surcharge: Int64?
    package var isTest: Bool?
    package var code: String?
    package var message: String?
    /// The gateway's time of this state of the payment (ecommpay): the latest of `payment.date` and the operations'
    /// dates.
    package var gatewayTime: Timestamp?
    package var card: Card?
    package var credentials = StoredCredentials()
    package var paidAt: Timestamp?
    package var settledAt: Timestamp?
    /// When the time to pay ends (eComCharge `expired_at`).
    package var expiresAt: Timestamp?

    package init(id: String) {
        self.id = id
    }
}

/// The reported details of the card that a payment is made with; nothing that would allow charging it.
package struct Card: Sendable, Hashable {
    package var brand: String?
    package var last4: String?
    /// `2030-01`.
    package var expiry: String?

    package init(brand: String? = nil, last4: String? = nil, expiry: String? = nil) {
        self.brand = brand
        self.last4 = last4
        self.expiry = expiry
    }

    package var isKnown: Bool { brand != nil || last4 != nil || expiry != nil }
}

/// What a payment that was paid, or is held, leaves for the next charge of the same buyer. It is kept when bodies are
/// emptied.
package struct StoredCredentials: Sendable, Hashable {
    package var customerID: String?
    /// The token of the card that the payment was made with.
    package var cardToken: String?
    /// ecommpay: the registration for further payments.
    package var recurringID: String?
    /// `2030-01` or `2030-01-31`, as far as the gateway says.
    package var recurringExpiresOn: String?

    package init() {}

    /// These credentials, overridden by the fields that `newer` sets.
    func updated(by newer: StoredCredentials) -> StoredCredentials {
        var updated = self
        updated.customerID = newer.customerID ?? customerID
        updated.cardToken = newer.cardToken ?? cardToken
        updated.recurringID = newer.recurringID ?? recurringID
        updated.recurringExpiresOn = newer.recurringExpiresOn ?? recurringExpiresOn
        return updated
    }
}

/// What a payment is for (docs/money.md): only a purchase is the merchant's income.
package enum Purpose: String, Sendable, CaseIterable {
    /// A buyer pays the merchant.
    case purchase
    /// The merchant pays.
    case payout
    /// Between others (p2p): not the merchant's money.
    case transfer
    /// No money moves: a tokenization, a checkup, an account verification.
    case verification
    /// An unknown type, or nothing reported about it yet.
    case unknown

    /// Whether the money it moves is the merchant's; with an unknown type it may be.
    var isOfTheMerchant: Bool {
        switch self {
        case .purchase, .payout, .unknown: true
        case .transfer, .verification: false
        }
    }
}

/// What kind of decline a result code stands for: whether another attempt is worthwhile.
package enum Decline: String, Sendable, CaseIterable {
    /// It may work later, or with more money on the card.
    case soft
    /// It will not work with this card.
    case hard
    /// Declined for suspicion of fraud, or by a list or limit.
    case risk
    /// Something broke on the way, or the request was wrong.
    case technical
}
