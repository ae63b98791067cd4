package import Payments

/// Polls on their way to a gateway, recorded so that none of them can end the process again and again.
extension Ledger {
    /// The next poll for an account's gateway, excluding those in progress.
    ///
    /// - Parameter isProbe: whether the poll that has waited longest goes ahead of requested polls.
    package func due(
        of account: String,
        besides inFlight: Set<DuePoll.ID>,
        isProbe: Bool = false,
        at now: Timestamp
    ) async throws -> NextPoll {
        try await duePolls.next(of: account, besides: inFlight, isProbe: isProbe, at: now)
    }

    /// Records that a poll is about to be sent.
    ///
    /// - Returns: whether it may be sent: a poll during which the process ended before waits until no other such poll
    ///   is in progress.
    package func begin(_ poll: DuePoll, at now: Timestamp) async throws(RecordingError) -> Bool {
        try await perform { transaction in
            let account = try transaction.accounts.row(of: poll.account)
            return try SentPollRows.begin(poll, of: account, at: now, in: transaction.statements)
        }
    }

    /// Records that a poll was cancelled on this side; it stays due.
    package func withdraw(_ poll: DuePoll) async throws(RecordingError) {
        try await perform { transaction in
            let account = try transaction.accounts.row(of: poll.account)
            try SentPollRows.end(poll, of: account, in: transaction.statements)
        }
    }

    /// Records, for each poll that was in progress when the process ended, that it had no result, so that it waits its
    /// turn.
    ///
    /// If this happened twice in a row for an entity, it is no longer polled automatically. To be called before
    /// anything is polled.
    package func recordInterrupted(at now: Timestamp) async throws(RecordingError) -> [DuePoll] {
        try await perform { transaction in
            try SentPollRows.all(in: transaction.statements).map { poll, askedAt in
                let answer = PollRecord(
                    poll: poll,
                    result: .interrupted,
                    askedAt: askedAt,
                    answeredAt: nil,
                    recordedAt: now,
                    httpStatus: nil,
                    endpoint: nil,
                    body: nil,
                    digest: nil,
                    detail: "Paystate ended before the answer was recorded"
                )
                _ = try transaction.record(answer)
                return poll
            }
        }
    }
}
