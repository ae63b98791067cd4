import GRDB
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
        try await readAside { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(*) FROM (SELECT 1 FROM account CROSS JOIN callback ON callback.account = account.id
                                                  WHERE received_at > ?1 LIMIT ?2)),
                           (SELECT count(*) FROM (SELECT 1 FROM payment WHERE updated_at > ?1 LIMIT ?2)),
                           (SELECT max(at) FROM (
                                SELECT (SELECT max(received_at) FROM callback WHERE callback.account = account.id) AS at
                                FROM account
                                UNION ALL SELECT max(updated_at) FROM payment))
                    """,
                arguments: [now.milliseconds, FutureTimestamps.mostCounted]
            )
            guard let row, let latest = Timestamp(stored: row[2] as Int64?), latest > now else { return nil }
            return FutureTimestamps(callbacks: row[0], payments: row[1], latest: latest)
        }
    }
}
