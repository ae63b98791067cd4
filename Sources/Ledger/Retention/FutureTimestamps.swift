package import Payments

/// Rows that are dated later than now, and so were recorded by a clock that ran ahead.
package struct FutureTimestamps: Sendable, Equatable {
    /// At most this many of each kind are counted.
    package static let mostCounted = 100_000

    package let callbacks: Int
    /// Payments whose last change is dated later than now.
    package let payments: Int
    package let latest: Timestamp

    package init(callbacks: Int, payments: Int, latest: Timestamp) {
        self.callbacks = callbacks
        self.payments = payments
        self.latest = latest
    }
}

extension LedgerReader {
    /// The rows that are dated later than a time; `nil` if there are none.
    package func datedAhead(of now: Timestamp) async throws -> FutureTimestamps? {
        try await reader.readAside { statements in
            let row = try statements.row(
                """
                SELECT (SELECT sum(ahead) FROM (
                            SELECT (SELECT count(*) FROM (SELECT 1 FROM callback WHERE callback.account = account.id
                                                          AND received_at > ?1 LIMIT ?2) AS some) AS ahead
                            FROM account) AS each_account),
                       (SELECT count(*) FROM (SELECT 1 FROM payment WHERE updated_at > ?1 LIMIT ?2) AS some),
                       (SELECT max(at) FROM (
                            SELECT (SELECT max(received_at) FROM callback WHERE callback.account = account.id) AS at
                            FROM account
                            UNION ALL SELECT max(updated_at) FROM payment) AS latest)
                """,
                [now.milliseconds, FutureTimestamps.mostCounted]
            )
            guard let row, let latest = Timestamp(stored: row[2] as Int64?), latest > now else { return nil }
            let callbacks = min(row[0] as Int? ?? 0, FutureTimestamps.mostCounted)
            return FutureTimestamps(callbacks: callbacks, payments: row[1], latest: latest)
        }
    }
}
