/// What becomes of callbacks whose signature does not prove their structure.
package enum AmbiguityPolicy: String, Sendable, CaseIterable {
    /// An ambiguous one is kept, and the gateway is asked.
    case confirm
    /// So is each one that would make an order paid, whatever its verdict.
    case confirmMoney = "confirm_money"
    /// An ambiguous one is applied as it stands.
    case accept
}
