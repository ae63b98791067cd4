/// What the merchant expects of a watched payment; a `nil` field is not compared.
package struct Expectation: Sendable, Hashable {
    /// Used where the gateway gives no reference.
    package var reference: String?
    /// In minor units.
    package var amount: Int64?
    package var currency: String?

    package init(reference: String? = nil, amount: Int64? = nil, currency: String? = nil) {
        self.reference = reference
        self.amount = amount
        self.currency = currency
    }

    /// This expectation, overridden by the fields that `newer` sets.
    func updated(by newer: Expectation) -> Expectation {
        Expectation(
            reference: newer.reference ?? reference,
            amount: newer.amount ?? amount,
            currency: newer.currency ?? currency
        )
    }
}
