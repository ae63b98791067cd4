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
