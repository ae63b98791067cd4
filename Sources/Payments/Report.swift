/// What a gateway says about a payment and its operations, whether a callback or a status answer said it.
///
/// Any part may be absent. A report in which every part is absent is authentic, but in a form that says nothing about a
/// payment (ecommpay's token and recurring bodies): it is kept as `unrecognised`.
package struct Report: Sendable, Equatable {
    package var payment: PaymentReport?
    package var operations: [OperationReport]
    package var checkout: CheckoutReport?
    package var subscription: SubscriptionReport?

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
        payment == nil && operations.isEmpty && checkout == nil && subscription == nil
    }
}

/// What is said of a payment itself. `nil` means «not said», and never empties what is known.
package struct PaymentReport: Sendable, Equatable {
    /// ecommpay: `payment.id`. eComCharge: the uid of the root transaction.
    package var id: String
    /// The payment's status where the gateway states one (ecommpay); `nil` where it is the fold of its operations (eComCharge).
    package var status: Status?
    /// An ecommpay `error` without any operation: it speaks of one request, not of the payment.
    package var isRequestError = false
    /// The merchant's own name for it. ecommpay: `payment.id`. eComCharge: `tracking_id`.
    package var reference: String?
    package var checkoutToken: String?
    package var type: String?
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
    package var gatewayTime: Moment?

    package init(id: String) {
        self.id = id
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
    package var isTest: Bool?
    package var createdAt: Moment?
    /// ecommpay: `operation.date`. eComCharge: `updated_at`, and nothing else.
    package var gatewayTime: Moment?
    /// eComCharge: `manually_corrected_at`, set when a person changed the result.
    package var correctedAt: Moment?

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
    /// Moves no money of this payment: a check, a tokenization, a fee, a step of the customer's, or a word we do not know.
    case other
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
    package var amount: Int64?
    package var currency: String?
    /// The uid of its last transaction: the money is there, so it is asked for.
    package var paymentID: String?

    package init(id: String, status: Status) {
        self.id = id
        self.status = status
    }
}
