/// An account with its row number.
struct AccountRow: Sendable {
    let id: Int64
    let isFolded: Bool
}

/// The accounts by name, read once: they change only when the configuration does. Accounts that it no longer names are
/// included, since polls and callbacks in progress for them are still recorded.
struct AccountRows: Sendable {
    private let rows: [String: AccountRow]

    /// Ensures that each account has a row; an account keeps its number and its history under its name.
    ///
    /// - Throws: ``GatewayMismatch`` before anything is written.
    init(_ accounts: [LedgerAccount], in statements: any Statements) throws {
        for account in accounts {
            if let gateway = try Self.otherGateway(inHistoryOf: account, in: statements) {
                throw GatewayMismatch(account: account.name, was: gateway, wanted: account.gateway)
            }
        }
        for account in accounts {
            try statements.execute(
                """
                INSERT INTO account (name, gateway, folded) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET gateway = excluded.gateway, folded = excluded.folded
                WHERE account.gateway <> excluded.gateway
                """,
                [account.name, account.gateway, account.isFolded]
            )
        }
        var rows: [String: AccountRow] = [:]
        for row in try statements.rows("SELECT id, name, folded FROM account") {
            rows[row[1]] = AccountRow(id: row[0], isFolded: row[2])
        }
        self.rows = rows
    }

    /// The gateway that an account's existing rows come from, if it is another one. An account without rows may still
    /// change.
    private static func otherGateway(inHistoryOf account: LedgerAccount, in statements: any Statements) throws
        -> String?
    {
        // Without a single callback, payments that were only watched are searched one by one: that happens if an
        // account was first configured with the wrong gateway.
        try statements.row(
            """
            SELECT gateway FROM account WHERE name = ?1 AND gateway <> ?2
            AND (EXISTS (SELECT 1 FROM callback WHERE callback.account = account.id)
                OR EXISTS (SELECT 1 FROM payment WHERE payment.account = account.id)
                OR EXISTS (SELECT 1 FROM checkout WHERE checkout.account = account.id))
            """,
            [account.name, account.gateway]
        ).map { $0[0] }
    }

    var all: some Collection<AccountRow> { rows.values }

    subscript(name: String) -> AccountRow? { rows[name] }

    func row(of name: String) throws(RecordingError) -> AccountRow {
        guard let row = rows[name] else { throw .isRefused(reason: "account \(name) is not in the ledger") }
        return row
    }
}
