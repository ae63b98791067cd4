package import Payments

/// The ledger's status, as any other program could read it.
package struct LedgerStatus: Sendable, Equatable {
    /// The time that ``Ledger/probe(at:)`` wrote last.
    package let heartbeat: Timestamp?
    /// Payments that are not final.
    package let openPayments: Int
    package let lastCallbackAt: Timestamp?
    /// The first finding of the last check of the pages.
    package let damage: String?

    package init(heartbeat: Timestamp?, openPayments: Int, lastCallbackAt: Timestamp?, damage: String? = nil) {
        self.heartbeat = heartbeat
        self.openPayments = openPayments
        self.lastCallbackAt = lastCallbackAt
        self.damage = damage
    }
}

extension Ledger {
    /// Reads the status on a connection that cannot write.
    package func status() async throws -> LedgerStatus {
        try await store.reader.readAside { try LedgerStatus(in: $0) }
    }
}

extension LedgerStatus {
    fileprivate init(in statements: any Statements) throws {
        let open = try statements.number("SELECT CAST(coalesce(sum(open_payments), 0) AS bigint) FROM account")
        self.init(
            heartbeat: Timestamp(stored: try statements.number("SELECT at FROM heartbeat")),
            openPayments: Int(open ?? 0),
            lastCallbackAt: Timestamp(
                stored: try statements.number("SELECT received_at FROM callback ORDER BY id DESC LIMIT 1")
            ),
            damage: try statements.row("SELECT damage FROM page_check").flatMap { $0[0] }
        )
    }
}
