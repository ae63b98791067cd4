/// A place that callbacks are passed on to, or that is told of transitions, as the ledger knows it.
package struct DeliveryTarget: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Gets an account's callbacks as they came.
        case forward
        /// Is told of transitions.
        case notify
    }

    /// What makes it the same target after a restart or a reload, whatever its address is.
    package struct ID: Sendable, Hashable, CustomStringConvertible {
        package let kind: Kind
        /// Whose callbacks are passed on; `nil` for ``Kind/notify``.
        package let account: String?
        package let name: String

        package init(kind: Kind, account: String?, name: String) {
            self.kind = kind
            self.account = account
            self.name = name
        }

        package var description: String { "\(kind.rawValue) \(account.map { "\($0)/" } ?? "")\(name)" }
    }

    package let id: ID
    /// Its address, as it may be shown.
    package let url: String
    /// notify: whose transitions it is told of; empty: those of all accounts.
    package let accounts: [String]
    /// notify: the transition with which a new target begins; `nil`: with what comes next, 0: at the beginning.
    package let from: Int64?

    package init(id: ID, url: String, accounts: [String] = [], from: Int64? = nil) {
        self.id = id
        self.url = url
        self.accounts = accounts
        self.from = from
    }
}
