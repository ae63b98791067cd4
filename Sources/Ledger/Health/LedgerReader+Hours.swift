import Payments

extension LedgerReader {
    /// How many tallies are made at a time: each takes up to some hundred steps.
    private static let portion = 200
    /// Changes are tallied for as long as they are shown.
    private static let hoursOfChanges: Int64 = 25

    /// The tallies of the next hours that have none; `nil` if all have theirs.
    func nextHours(of kept: Range<Int64>) async throws -> [HourlyStatistics]? {
        try await reader.readAside { statements in
            let firsts = try Self.firstCallbacks(in: statements)
            let last = try statements.number("SELECT max(hour) FROM hour")
            guard let begin = last.map({ $0 + 1 }) ?? firsts.map(\.at.hour).min() else { return nil }
            let start = max(begin, kept.lowerBound)
            let end = min(kept.upperBound, start + Int64(max(1, Self.portion / firsts.count)))
            guard start < end else { return nil }
            let recent = max(start, kept.upperBound - Self.hoursOfChanges)
            let changes = recent < end ? try Self.changes(in: recent..<end, statements) : [:]
            return try (start..<end).flatMap { hour in
                try firsts.filter { $0.at.hour <= hour }.map { first in
                    var tally = try Self.tally(hour, of: first.account, in: statements)
                    if let counted = changes[tally.place] {
                        (tally.changes, tally.foundByPoll) = (counted.changes, counted.foundByPoll)
                    }
                    return tally
                }
            }
        }
    }

    private static func firstCallbacks(in statements: any Statements) throws -> [(account: Int64, at: Timestamp)] {
        try statements.rows(
            """
            SELECT id, first FROM (
                SELECT id, (SELECT min(received_at) FROM callback WHERE callback.account = account.id) AS first
                FROM account) AS firsts
            WHERE first IS NOT NULL
            """
        ).map { ($0[0], Timestamp(milliseconds: $0[1])) }
    }

    /// Reads the transitions since the first of the hours. They have no index by time, but are stored in its order.
    private static func changes(
        in hours: Range<Int64>,
        _ statements: any Statements
    ) throws -> [HourlyStatistics.Place: HourlyStatistics] {
        let rows = try statements.rows(
            """
            SELECT recorded_at / 3600000, account, count(*), count(*) FILTER (WHERE source = 'poll') FROM transition
            WHERE seq > coalesce((SELECT seq FROM transition WHERE recorded_at < CAST(?1 AS bigint) * 3600000
                                  ORDER BY seq DESC LIMIT 1), 0)
              AND recorded_at >= CAST(?1 AS bigint) * 3600000 AND recorded_at < CAST(?2 AS bigint) * 3600000
              AND source <> 'operator'
            GROUP BY 1, 2
            """,
            [hours.lowerBound, hours.upperBound]
        )
        let tallies = rows.map { HourlyStatistics(hour: $0[0], account: $0[1], changes: $0[2], foundByPoll: $0[3]) }
        return Dictionary(uniqueKeysWithValues: tallies.map { ($0.place, $0) })
    }

    /// Walks from silence to silence through the index. Silences of less than ten seconds are skipped, so that there
    /// are some hundred steps at most, however many callbacks arrived.
    private static func tally(
        _ hour: Int64,
        of account: Int64,
        in statements: any Statements
    ) throws -> HourlyStatistics {
        let (start, end) = (hour * 3_600_000, (hour + 1) * 3_600_000)
        func last(before time: Int64) throws -> Int64? {
            try statements.number(
                "SELECT max(received_at) FROM callback WHERE account = ? AND received_at < ?",
                [account, time]
            )
        }
        func first(after time: Int64) throws -> Int64? {
            try statements.number(
                "SELECT min(received_at) FROM callback WHERE account = ? AND received_at > ?",
                [account, time]
            )
        }
        var tally = HourlyStatistics(hour: hour, account: account)
        var silentSince = try last(before: start)
        var arrival = try first(after: start - 1)
        while let came = arrival, came < end {
            if let silentSince {
                tally.longestSilence = max(tally.longestSilence, came.subtractingSaturated(silentSince))
            }
            let busyUntil = try last(before: min(came + 10_000, end)) ?? came
            silentSince = busyUntil
            arrival = try first(after: busyUntil)
        }
        if let silentSince { tally.longestSilence = max(tally.longestSilence, end.subtractingSaturated(silentSince)) }
        tally.callbacks =
            try statements.number(
                "SELECT count(*) FROM callback WHERE account = ? AND received_at >= ? AND received_at < ?",
                [account, start, end]
            ) ?? 0
        return tally
    }

    /// The usual silence at each hour of the week, by account: see the table `habit`.
    ///
    /// The last day does not count: a silence must not become usual while it lasts.
    ///
    /// Few callbacks say little about what is usual: with ten a day and four weeks, an alarm at three times the usual
    /// silence is wrong some times a year; with a thousand a day, never (simulated, with days and nights).
    func habits(in kept: Range<Int64>) async throws -> [[SilenceBaseline]] {
        let habits = try await reader.readAside { statements in
            try statements.rows(
                """
                WITH ranked AS (
                    SELECT account, (hour + 72) % 168 AS hour_of_week, longest_silence,
                           row_number() OVER (PARTITION BY account, hour % 168 ORDER BY longest_silence DESC) AS place,
                           count(*) OVER (PARTITION BY account, hour % 168) AS weeks
                    FROM hour WHERE hour >= ?1 AND hour < ?2
                )
                SELECT account, (hour_of_week + shift + 168) % 168 AS neighbour, max(longest_silence)
                FROM ranked CROSS JOIN (SELECT -1 AS shift UNION ALL SELECT 0 UNION ALL SELECT 1) AS shifts
                WHERE place = 2 AND weeks >= 4 AND account IN (
                    SELECT account FROM hour WHERE hour >= ?1 GROUP BY account HAVING sum(callbacks) * 24 >= count(*) * 10)
                GROUP BY account, neighbour HAVING count(*) = 3 AND max(longest_silence) <= 86400000
                """,
                [kept.lowerBound, kept.upperBound - 24]
            ).map { SilenceBaseline(account: $0[0], hourOfWeek: $0[1], usualSilence: $0[2]) }
        }
        return Array(Dictionary(grouping: habits, by: \.account).values)
    }
}
