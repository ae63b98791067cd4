/// A merchant account as the ledger knows it.
package struct LedgerAccount: Sendable, Hashable {
    package let name: String
    package let gateway: String
    /// Whether a payment's state is the fold of its operations, because the gateway reports only transactions.
    package let isFolded: Bool

    package init(name: String, gateway: String, isFolded: Bool) {
        self.name = name
        self.gateway = gateway
        self.isFolded = isFolded
    }
}
