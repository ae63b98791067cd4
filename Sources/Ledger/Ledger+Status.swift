package import Payments

/// The ledger's status, as any other program could read it.
package struct LedgerStatus: Sendable, Equatable {
    /// Open payments are counted only up to this number, since the status is read in passing, every few seconds.
    package static let mostCounted = 100_000

    /// The time that ``Ledger/probe(at:)`` wrote last.
    package let heartbeat: Timestamp?
    /// Payments that are not final; at most ``mostCounted``. Only an index is read, so the count includes the few that
    /// turned out to be operations of others.
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
        let open = try statements.number(
            """
            SELECT count(*) FROM (SELECT 1 FROM payment
            WHERE state = 'pending' OR state = 'authorized' OR state = 'unknown' LIMIT ?) AS open
            """,
            [Self.mostCounted]
        )
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
