import GRDB

/// An account with its row number.
struct AccountRow: Sendable {
    let id: Int64
    let isFolded: Bool
}

/// The accounts by name, read once: they change only when the configuration does.
struct AccountRows: Sendable {
    private let rows: [String: AccountRow]

    /// Makes sure that each account has a row; an account keeps its number and its history under its name.
    init(_ accounts: [LedgerAccount], in database: Database) throws {
        for account in accounts {
            try database.execute(
                sql: """
                    INSERT INTO account (name, gateway, folded) VALUES (?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET gateway = excluded.gateway, folded = excluded.folded
                    WHERE gateway <> excluded.gateway
                    """,
                arguments: [account.name, account.gateway, account.isFolded]
            )
        }
        var rows: [String: AccountRow] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT id, name, folded FROM account") {
            rows[row[1]] = AccountRow(id: row[0], isFolded: row[2])
        }
        self.rows = rows
    }

    var all: some Collection<AccountRow> { rows.values }

    subscript(name: String) -> AccountRow? { rows[name] }

    func row(of name: String) throws(RecordingError) -> AccountRow {
        guard let row = rows[name] else { throw .isRefused(reason: "account \(name) is not known to the ledger") }
        return row
    }
}
