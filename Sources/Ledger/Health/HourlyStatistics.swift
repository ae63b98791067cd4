package import Payments

/// What an hour was like at an account: what is usual at an hour of the week is told from such rows.
struct HourlyStatistics: Sendable, Equatable {
    /// Eight weeks.
    private static let hoursKept: Int64 = 8 * 168
    /// Whatever came within the hour is committed by then.
    private static let grace = Duration.seconds(300)

    /// Since 1970.
    let hour: Int64
    /// The account's row.
    let account: Int64
    var callbacks: Int64 = 0
    /// The longest that, at any time of the hour, the last callback was ago, in milliseconds.
    var longestSilence: Int64 = 0
    /// Transitions that callbacks and polls brought.
    var changes: Int64 = 0
    /// Those of them that polls brought.
    var foundByPoll: Int64 = 0

    /// The hours that can be tallied, and are worth it.
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

/// What silence is usual at an hour of the week.
struct SilenceBaseline: Sendable, Equatable {
    /// The account's row.
    let account: Int64
    /// From 0, Monday's first, in UTC.
    let hourOfWeek: Int64
    /// In milliseconds.
    let usualSilence: Int64
}

extension Timestamp {
    /// The whole hours since 1970.
    var hour: Int64 { milliseconds / 3_600_000 }
}

extension Ledger {
    /// The last hour that is over, since 1970: once it has changed, there is something to tally.
    package static func lastHour(at now: Timestamp) -> Int64 { HourlyStatistics.kept(at: now).upperBound - 1 }

    /// Tallies the hours that are over, and works out what is usual by now. A ledger that was left alone, or is new to this,
    /// has weeks to make up for: they go in portions, for callbacks wait meanwhile.
    ///
    /// - Parameter reader: of this ledger's file; nothing is read through the writing connection.
    package func tallyHours(at now: Timestamp, reading reader: LedgerReader) async throws {
        let kept = HourlyStatistics.kept(at: now)
        // A clock that ran ahead and was set right again has tallied hours that are not over.
        try await perform { try $0.forgetHours(outside: kept) }
        while let hours = try await reader.nextHours(of: kept) {
            try await perform { try $0.keep(hours) }
        }
        for habits in try await reader.habits(in: kept) {
            try await perform { try $0.keep(habits) }
        }
    }
}
