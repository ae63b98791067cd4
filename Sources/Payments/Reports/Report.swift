/// What a gateway reports about a payment and its operations, in a callback or in a status answer.
///
/// Any part may be absent. A report in which every part is absent is authentic, but in a form that says nothing about a
/// payment (ecommpay's token and recurring bodies): it is kept as `unrecognised`.
package struct Report: Sendable, Equatable {
    package var payment: PaymentReport?
    package var operations: [OperationReport]
    package var checkout: CheckoutReport?
    package var subscription: SubscriptionReport?
    /// What the next charge of a buyer needs, if it is reported separately; a payment's own is in ``PaymentReport``.
    package var tokens: [TokenReport] = []
    /// The paths of members that decide nothing and could not be read; they were left out (docs/evidence-rules.md).
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

/// What an unreadable body names: it becomes known, and is polled.
package struct Mention: Sendable, Hashable {
    /// ecommpay: `payment.id`. eComCharge: the uid of the root transaction.
    package var paymentID: String
    /// eComCharge: the child's own uid, if the body is about a child of the payment.
    package var operationID: String?

    package init(paymentID: String, operationID: String? = nil) {
        self.paymentID = paymentID
        self.operationID = operationID
    }
}
