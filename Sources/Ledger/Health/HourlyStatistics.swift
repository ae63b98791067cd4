package import Payments

/// An account's statistics for one hour, from which the usual silence at an hour of the week is derived.
struct HourlyStatistics: Sendable, Equatable {
    /// Eight weeks.
    private static let hoursKept: Int64 = 8 * 168
    /// Every callback that arrived within the hour is committed by then.
    private static let grace = Duration.seconds(300)

    /// The hour, counted from 1970.
    let hour: Int64
    /// The account's row.
    let account: Int64
    var callbacks: Int64 = 0
    /// The longest time since the last callback at any point of the hour, in milliseconds.
    var longestSilence: Int64 = 0
    /// Transitions that callbacks and polls brought.
    var changes: Int64 = 0
    /// How many of them came from polls.
    var foundByPoll: Int64 = 0

    /// The hours that are over and still needed.
    static func kept(at now: Timestamp) -> Range<Int64> {
        let end = (now - grace).hour
        return end - hoursKept..<end
    }

    struct Place: Hashable {
        let hour: Int64
        let account: Int64
    }

    var place: Place { Place(hour: hour, account: account) }
}

/// The usual silence at an hour of the week.
struct SilenceBaseline: Sendable, Equatable {
    /// The account's row.
    let account: Int64
    /// Counted from 0, Monday's first hour, in UTC.
    let hourOfWeek: Int64
    /// In milliseconds.
    let usualSilence: Int64
}

extension Timestamp {
    /// The whole hours since 1970.
    var hour: Int64 { milliseconds / 3_600_000 }
}

extension Ledger {
    /// The last complete hour, counted from 1970: when it changes, there is something to tally.
    package static func lastHour(at now: Timestamp) -> Int64 { HourlyStatistics.kept(at: now).upperBound - 1 }

    /// Tallies the hours that are over, and updates the usual silences. A ledger that was stopped for long, or is new
    /// to this, has weeks to catch up on: it does so in portions, because callbacks wait meanwhile.
    ///
    /// - Parameter reader: a reader of this ledger's file; nothing is read through the writing connection.
    package func tallyHours(at now: Timestamp, reading reader: LedgerReader) async throws {
        let kept = HourlyStatistics.kept(at: now)
        // A clock that ran ahead and was then corrected has tallied hours that are not over.
        try await perform { try $0.forgetHours(outside: kept) }
        while let hours = try await reader.nextHours(of: kept) {
            try await perform { try $0.keep(hours) }
        }
        for habits in try await reader.habits(in: kept) {
            try await perform { try $0.keep(habits) }
        }
    }
}

extension LedgerTransaction {
    func forgetHours(outside kept: Range<Int64>) throws {
        try statements.execute("DELETE FROM hour WHERE hour < ? OR hour >= ?", [kept.lowerBound, kept.upperBound])
    }

    func keep(_ hours: [HourlyStatistics]) throws {
        for hour in hours {
            try statements.execute(
                """
                INSERT INTO hour (hour, account, callbacks, longest_silence, changes, found_by_poll) VALUES (?, ?, ?, ?, ?, ?)
                """,
                [hour.hour, hour.account, hour.callbacks, hour.longestSilence, hour.changes, hour.foundByPoll]
            )
        }
    }

    /// Replaces an account's usual silences.
    ///
    /// - Parameter habits: those of one account.
    func keep(_ habits: [SilenceBaseline]) throws {
        guard let account = habits.first?.account else { return }
        try statements.execute("DELETE FROM habit WHERE account = ?", [account])
        for habit in habits {
            try statements.execute(
                "INSERT INTO habit (account, hour_of_week, usual_silence) VALUES (?, ?, ?)",
                [habit.account, habit.hourOfWeek, habit.usualSilence]
            )
        }
    }
}
