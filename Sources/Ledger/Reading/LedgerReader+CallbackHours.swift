package import Payments
import Telemetry

extension LedgerReader {
    /// So many callbacks of the hours that are not tallied yet are counted, of each account.
    private static let largestCount = 1_000_000

    /// How many callbacks came in each hour since a time, with what is usual at that hour of the week: `account`, `hour`
    /// (when it began), `callbacks`, and `usual_min`, `usual_mean` and `usual_max` of the weeks before that time, which are
    /// NULL where fewer than three are known.
    ///
    /// Hours that are over come from their tallies. Those since, among them the hour that has begun, are counted.
    package func callbackHours(since: Timestamp) async throws -> [ViewRow] {
        let first = since.hour
        return try await readWithin { statements in
            let bands = try Self.bands(before: first, in: statements)
            return try Self.counts(since: first, in: statements).map { row in
                let (number, account, hour): (Int64, String, Int64) = (row[0], row[1], row[2])
                let band = bands[HourlyStatistics.Place(hour: hour % 168, account: number)]
                return ViewRow(columns: [
                    ("account", .text(account)),
                    ("hour", .text(Timestamp(milliseconds: hour.multipliedSaturated(by: 3_600_000)).text)),
                    ("callbacks", ViewRow.Value(row.values[3])),
                    ("usual_min", band.map { ViewRow.Value.integer($0.least) } ?? .null),
                    ("usual_mean", band.map { ViewRow.Value.integer($0.mean) } ?? .null),
                    ("usual_max", band.map { ViewRow.Value.integer($0.most) } ?? .null),
                ])
            }
        }
    }

    /// The account's row and name, the hour and its callbacks.
    private static func counts(since first: Int64, in statements: any Statements) throws -> [Row] {
        let tallied = try statements.number("SELECT max(hour) FROM hour") ?? .min
        let begin = max(first, tallied.addingSaturated(1)).multipliedSaturated(by: 3_600_000)
        let accounts = try statements.rows("SELECT id, name FROM account ORDER BY name LIMIT 1000")
        return try accounts.flatMap { account in
            let (number, name): (Int64, String) = (account[0], account[1])
            return try statements.rows(
                """
                SELECT hour.account, CAST(?3 AS text), hour.hour, hour.callbacks FROM hour
                WHERE hour.account = ?1 AND hour.hour >= ?2 ORDER BY hour.hour LIMIT 1344
                """,
                [number, first, name]
            )
                + statements.rows(
                    """
                    SELECT CAST(?1 AS bigint), CAST(?3 AS text), received_at / 3600000, count(*)
                    FROM (SELECT received_at FROM callback WHERE account = ?1 AND received_at >= ?2
                          ORDER BY received_at LIMIT ?4) AS recent
                    GROUP BY 3 ORDER BY 3 LIMIT 1344
                    """,
                    [number, begin, name, Self.largestCount]
                )
        }
    }

    private struct Band {
        let least: Int64
        let mean: Int64
        let most: Int64
    }

    /// What is usual, by account and hour of the week.
    private static func bands(
        before first: Int64,
        in statements: any Statements
    ) throws -> [HourlyStatistics.Place: Band] {
        let rows = try statements.rows(
            """
            SELECT hour % 168, account, min(callbacks), CAST(sum(callbacks) AS bigint) / count(*), max(callbacks) FROM hour
            WHERE hour < ? GROUP BY 1, 2 HAVING count(*) >= 3
            """,
            [first]
        )
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let place = HourlyStatistics.Place(hour: row[0], account: row[1])
                return (place, Band(least: row[2], mean: row[3], most: row[4]))
            }
        )
    }
}
