/// The gateways' payment pages, by their paths.
enum PageKind: String, Sendable, CaseIterable {
    /// eComCharge's, for a payment token.
    case checkout = "v2/checkout"
    /// ecommpay's, opened by a signed query.
    case payment
}
