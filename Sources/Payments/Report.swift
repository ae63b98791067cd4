/// What a gateway says about a payment and its operations, whether a callback or a status answer said it.
///
/// Any part may be absent. A report in which every part is absent is authentic, but in a form that says nothing about a
/// payment (ecommpay's token and recurring bodies): it is kept as `unrecognised`.
package struct Report: Sendable, Equatable {
    package var payment: PaymentReport?
    package var operations: [OperationReport]
    package var checkout: CheckoutReport?
    package var subscription: SubscriptionReport?
    /// What the next charge of a buyer needs, where it is told of by itself; a payment's own stands in ``PaymentReport``.
    package var tokens: [TokenReport] = []
    /// The paths of members that decide nothing and could not be read; they were left out (design 3.2).
    package var leftOut: [String] = []

    package init(
        payment: PaymentReport? = nil,
        operations: [OperationReport] = [],
        checkout: CheckoutReport? = nil,
        subscription: SubscriptionReport? = nil
    ) {
        self.payment = payment
        self.operations = operations
        self.checkout = checkout
        self.subscription = subscription
    }

    package var isEmpty: Bool {
        payment == nil && operations.isEmpty && checkout == nil && subscription == nil && tokens.isEmpty
    }
}

/// What is said of a payment itself. `nil` means «not said», and never empties what is known.
package struct PaymentReport: Sendable, Equatable {
    /// ecommpay: `payment.id`. eComCharge: the uid of the root transaction.
    package var id: String
    /// The payment's status where the gateway states one (ecommpay); `nil` where it is the fold of its operations (eComCharge).
    package var status: Status?
    /// Whether it comes with the list of all operations, as ecommpay's answers do.
    package var listsOperations = false
    /// An ecommpay `error` without any operation: it speaks of one request, not of the payment.
    package var isRequestError = false
    /// The merchant's own name for it. ecommpay: `payment.id`. eComCharge: `tracking_id`.
    package var reference: String?
    package var checkoutToken: String?
    package var type: String?
    /// What its type means; `nil` where no type is said.
    package var purpose: Purpose?
    package var method: String?
    package var amount: Int64?
    package var currency: String?
    /// The merchant's own amount, where a surcharge makes the total differ from it.
    package var initialAmount: Int64?
    package var surcharge: Int64?
    package var isTest: Bool?
    package var code: String?
    package var message: String?
    /// The gateway's time of this state of the payment: the latest of `payment.date` and the operations' dates (ecommpay).
    package var gatewayTime: Timestamp?
    package var card: Card?
    package var credentials = StoredCredentials()
    package var paidAt: Timestamp?
    package var settledAt: Timestamp?
    /// Until when it may still be paid (eComCharge `expired_at`).
    package var expiresAt: Timestamp?

    package init(id: String) {
        self.id = id
    }
}

/// What is said of the card that a payment is made with; nothing that would let anyone charge it.
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

/// What a payment that was paid, or is held, leaves for the next charge of the same buyer: kept when bodies are emptied.
package struct StoredCredentials: Sendable, Hashable {
    package var customerID: String?
    /// The token of the card that it was made with.
    package var cardToken: String?
    /// ecommpay: the registration for further payments.
    package var recurringID: String?
    /// `2030-01` or `2030-01-31`, as far as the gateway says.
    package var recurringExpiresOn: String?

    package init() {}

    /// These with what `newer` says in their place; what it leaves unsaid stays.
    func updated(by newer: StoredCredentials) -> StoredCredentials {
        var updated = self
        updated.customerID = newer.customerID ?? customerID
        updated.cardToken = newer.cardToken ?? cardToken
        updated.recurringID = newer.recurringID ?? recurringID
        updated.recurringExpiresOn = newer.recurringExpiresOn ?? recurringExpiresOn
        return updated
    }
}

/// What is said of one movement within a payment.
package struct OperationReport: Sendable, Equatable {
    /// ecommpay: `operation.id`. eComCharge: the transaction's uid.
    package var id: String
    /// eComCharge: the uid of the transaction this one belongs to; `nil` for a root, and always for ecommpay.
    package var parentID: String?
    /// The gateway's own word for the kind.
    package var type: String?
    package var kind: OperationKind
    package var status: Status
    package var amount: Int64?
    package var currency: String?
    package var code: String?
    package var message: String?
    /// What kind of refusal the code is; `nil` where it is none, or not in the gateway's list.
    package var decline: Decline?
    /// The retrieval reference number of the card networks.
    package var rrn: String?
    package var authCode: String?
    package var receiptURL: String?
    package var isTest: Bool?
    package var createdAt: Timestamp?
    /// ecommpay: `operation.date`. eComCharge: `updated_at`, and nothing else.
    package var gatewayTime: Timestamp?
    /// eComCharge: `manually_corrected_at`, set when a person changed the result.
    package var correctedAt: Timestamp?

    package init(id: String, kind: OperationKind, status: Status) {
        self.id = id
        self.kind = kind
        self.status = status
    }
}

/// What an operation does to the money of its payment.
package enum OperationKind: String, Sendable, CaseIterable {
    /// Takes the money in one step.
    case payment
    /// Holds it.
    case authorization
    /// A stored card is charged: it takes the money in one step, or holds it where captures are used (ecommpay `recurring`).
    case recurring
    /// Takes what was held.
    case capture
    /// Releases what was held.
    case void
    /// Gives back what was taken, the same day or later.
    case refund
    /// Undoes a refund.
    case refundReversal = "refund_reversal"
    /// The buyer's bank takes it back.
    case chargeback
    /// Sends money to the customer.
    case payout
    /// A person at the gateway changed the status by hand (ecommpay `manual change`).
    case manualChange = "manual_change"
    /// Moves no money of this payment: a check, a tokenization, a fee, a step of the customer's.
    case other
    /// A type that we do not know, or none: it may have moved money.
    case unknown
}

/// What is said of an eComCharge payment token.
package struct CheckoutReport: Sendable, Equatable {
    package var token: String
    package var status: Status
    package var isFinished: Bool
    package var isExpired: Bool
    package var reference: String?
    package var isTest: Bool?
    package var amount: Int64?
    package var currency: String?
    /// The transaction that the token led to, where the answer names one.
    package var paymentID: String?
    /// Until when it may be paid (`order.expired_at`).
    package var expiresAt: Timestamp?

    package init(token: String, status: Status, isFinished: Bool, isExpired: Bool) {
        self.token = token
        self.status = status
        self.isFinished = isFinished
        self.isExpired = isExpired
    }
}

/// What is said of an eComCharge subscription.
package struct SubscriptionReport: Sendable, Equatable {
    package var id: String
    package var status: Status
    /// `created.subscription`, `renewed.subscription`, …; older bodies have none.
    package var event: String?
    package var plan: String?
    /// The merchant's `tracking_id`.
    package var reference: String?
    package var amount: Int64?
    package var currency: String?
    /// The uid of its last transaction: the money is there, so it is asked for.
    package var paymentID: String?
    /// When that transaction was made (`last_transaction.created_at`).
    package var chargedAt: Timestamp?
    /// `paid_billing_cycles`: with ``chargedAt`` it orders what is said.
    package var paidCycles: Int64?
    package var renewsAt: Timestamp?
    package var activeUntil: Timestamp?
    /// How it stands in the words of the view `subscriptions`.
    package var standing: SubscriptionState

    package init(id: String, status: Status, standing: SubscriptionState = .unknown) {
        self.id = id
        self.status = status
        self.standing = standing
    }
}

/// How a subscription stands: the closed set of the view `subscriptions`.
package enum SubscriptionState: String, Sendable, CaseIterable {
    case trial
    case active
    case pending
    /// A charge failed, and the gateway tries again.
    case pastDue = "past_due"
    case failed
    case cancelled
    case expired
    case unknown
}

/// What the next charge of the same buyer needs: it is kept when bodies are emptied.
package struct TokenReport: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case card
        case recurring
        case subscription
    }

    package var kind: Kind
    package var token: String
    package var customerID: String?
    package var reference: String?
    package var paymentID: String?
    package var card: Card?
    /// `2030-01` or `2030-01-31`, as far as the gateway says.
    package var expiresOn: String?

    package init(kind: Kind, token: String) {
        self.kind = kind
        self.token = token
    }
}

/// What a body names that cannot be read as a report: it is made known, and asked about.
package struct Mention: Sendable, Hashable {
    /// ecommpay: `payment.id`. eComCharge: the uid of the root transaction.
    package var paymentID: String
    /// eComCharge: the child's own uid, where the body is about a child of the payment.
    package var operationID: String?

    package init(paymentID: String, operationID: String? = nil) {
        self.paymentID = paymentID
        self.operationID = operationID
    }
}
