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
