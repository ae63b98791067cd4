package import Payments
import Telemetry

extension LedgerReader {
    /// So many callbacks of the hours that are not tallied yet are counted, of each account.
    private static let largestCount: Int64 = 1_000_000
    /// Eight weeks.
    private static let mostHours = 1344

    /// How many callbacks came in each hour since a time, with what is usual at that hour of the week: `account`, `hour`
    /// (when it began), `callbacks`, and `usual_min`, `usual_mean` and `usual_max` of the weeks before that time, which are
    /// NULL where fewer than three are known.
    ///
    /// Hours that are over come from their tallies. Those since, among them the hour that has begun, are counted.
    package func callbackHours(since: Timestamp) async throws -> [ViewRow] {
        let first = since.hour
        return try await readWithin { statements in
            let bands = try Self.bands(before: first, in: statements)
            return try Self.counts(since: first, in: statements).map { account, tally in
                let band = bands[HourlyStatistics.Place(hour: tally.hour % 168, account: tally.account)]
                let began = Timestamp(milliseconds: tally.hour.multipliedSaturated(by: 3_600_000))
                return ViewRow(columns: [
                    ("account", .text(account)), ("hour", .text(began.text)), ("callbacks", .integer(tally.callbacks)),
                    ("usual_min", band.map { ViewRow.Value.integer($0.least) } ?? .null),
                    ("usual_mean", band.map { ViewRow.Value.integer($0.mean) } ?? .null),
                    ("usual_max", band.map { ViewRow.Value.integer($0.most) } ?? .null),
                ])
            }
        }
    }

    /// The callbacks of each hour, with the account's name.
    private static func counts(
        since first: Int64,
        in statements: any Statements
    ) throws -> [(account: String, tally: HourlyStatistics)] {
        let tallied = try statements.number("SELECT max(hour) FROM hour") ?? .min
        let begin = max(first, tallied.addingSaturated(1))
        let accounts = try statements.rows("SELECT id, name FROM account ORDER BY name LIMIT 1000")
        return try accounts.flatMap { account in
            let (number, name): (Int64, String) = (account[0], account[1])
            let tallies = try statements.rows(
                "SELECT hour, callbacks FROM hour WHERE account = ? AND hour >= ? ORDER BY hour LIMIT 1344",
                [number, first]
            ).map { HourlyStatistics(hour: $0[0], account: number, callbacks: $0[1]) }
            let counted = try count(since: begin, of: number, in: statements)
            return (tallies + counted).map { (account: name, tally: $0) }
        }
    }

    /// Counts the callbacks of each hour that has any, one hour after the other: to group those of all hours takes six
    /// times as long.
    private static func count(
        since begin: Int64,
        of account: Int64,
        in statements: any Statements
    ) throws -> [HourlyStatistics] {
        var counted: [HourlyStatistics] = []
        var (hour, left) = (begin, largestCount)
        while left > 0, counted.count < mostHours {
            let came = try statements.number(
                "SELECT min(received_at) FROM callback WHERE account = ? AND received_at >= ?",
                [account, hour.multipliedSaturated(by: 3_600_000)]
            )
            guard let came else { break }
            var tally = HourlyStatistics(hour: Timestamp(milliseconds: came).hour, account: account)
            hour = tally.hour.addingSaturated(1)
            tally.callbacks =
                try statements.number(
                    """
                    SELECT count(*) FROM (
                        SELECT 1 FROM callback WHERE account = ? AND received_at >= ? AND received_at < ? LIMIT ?) AS few
                    """,
                    [account, came, hour.multipliedSaturated(by: 3_600_000), left]
                ) ?? 0
            left -= tally.callbacks
            counted.append(tally)
        }
        return counted
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
