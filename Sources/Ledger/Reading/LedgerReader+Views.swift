extension LedgerReader {
    /// Rows of `orders` with a reference, of one account or of all.
    package func orders(reference: String, account: String?) async throws -> [ViewRow] {
        try await readWithin { statements in
            try statements.rows(
                """
                SELECT * FROM orders WHERE reference = ?1 AND (account = ?2 OR ?2 IS NULL)
                ORDER BY account, currency LIMIT 1000
                """,
                [reference, account]
            ).map(ViewRow.init)
        }
    }

    /// The rows of `targets`.
    package func targets() async throws -> [ViewRow] {
        try await readWithin { statements in
            try statements.rows("SELECT * FROM targets ORDER BY kind, account, name LIMIT 1000").map(ViewRow.init)
        }
    }

    /// The rows of `account_health`.
    package func healthRows() async throws -> [ViewRow] {
        try await readWithin { statements in
            try statements.rows("SELECT * FROM account_health ORDER BY account LIMIT 1000").map(ViewRow.init)
        }
    }

    /// What the views and their columns mean: the rows of `schema_docs`.
    package func schemaDocs() async throws -> [ViewRow] {
        try await readWithin { statements in
            try statements.rows(#"SELECT object, "column", description FROM schema_docs LIMIT 10000"#).map(ViewRow.init)
        }
    }

    /// Whether the ledger has evidence of an account, or was opened with it.
    package func knows(account: String) async throws -> Bool {
        try await readWithin { try $0.number("SELECT id FROM account WHERE name = ?", [account]) != nil }
    }

    /// The names of those accounts.
    package func accounts() async throws -> [String] {
        try await readWithin { statements in
            try statements.rows("SELECT name FROM account ORDER BY name LIMIT 1000").map { $0[0] }
        }
    }

    /// A callback's account and bytes; `nil` if there is no such callback. The body is empty once retention has emptied it.
    package func body(ofCallback id: Int64) async throws -> (account: String, body: [UInt8])? {
        try await body(
            """
            SELECT account.name, body FROM callback JOIN account ON account.id = callback.account WHERE callback.id = ?
            """,
            id
        )
    }

    /// The same of the answer to a poll.
    package func body(ofPoll id: Int64) async throws -> (account: String, body: [UInt8])? {
        try await body(
            "SELECT account.name, body FROM poll JOIN account ON account.id = poll.account WHERE poll.id = ?",
            id
        )
    }

    private func body(_ sql: StaticString, _ id: Int64) async throws -> (account: String, body: [UInt8])? {
        try await readWithin { statements in
            guard let row = try statements.row(sql, [id]) else { return nil }
            let body: [UInt8]? = row[1]
            return (account: row[0], body: body ?? [])
        }
    }
}
