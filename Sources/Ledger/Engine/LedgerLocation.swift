/// Where a ledger is kept.
package enum LedgerLocation: Sendable, Hashable {
    /// A SQLite file.
    case file(path: String)
    case postgreSQL(PostgreSQLAddress)
}

/// A database on a PostgreSQL server.
package struct PostgreSQLAddress: Sendable, Hashable {
    /// As libpq takes it, without a password: `postgresql://paystate@db1,db2/paystate?sslmode=verify-full`.
    package let url: String
    package let password: String?

    package init(url: String, password: String?) {
        self.url = url
        self.password = password
    }
}

extension LedgerLocation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path): path
        case .postgreSQL(let address): address.url
        }
    }
}
