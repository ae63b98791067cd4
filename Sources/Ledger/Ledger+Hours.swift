package import Payments

extension Ledger {
    /// The last hour that is over, since 1970: once it has changed, there is something to tally.
    package static func lastHour(at now: Timestamp) -> Int64 { TalliedHour.kept(at: now).upperBound - 1 }

    /// Tallies the hours that are over, and works out what is usual by now. A ledger that was left alone, or is new to this,
    /// has weeks to make up for: they go in portions, for callbacks wait meanwhile.
    ///
    /// - Parameter reader: of this ledger's file; nothing is read through the writing connection.
    package func tallyHours(at now: Timestamp, reading reader: LedgerReader) async throws {
        let kept = TalliedHour.kept(at: now)
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
