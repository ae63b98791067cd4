package import Payments

/// Questions on their way to a gateway, noted so that none of them can end the process again and again.
extension Ledger {
    /// The next question for an account's gateway, besides those that are under way.
    ///
    /// - Parameter isProbe: whether what waits longest goes before what is wanted at once.
    package func due(
        of account: String,
        besides inFlight: Set<DuePoll.ID>,
        isProbe: Bool = false,
        at now: Timestamp
    ) async throws -> NextPoll {
        try await questions.next(of: account, besides: inFlight, isProbe: isProbe, at: now)
    }

    /// Notes that a question is about to be sent.
    ///
    /// - Returns: whether it may be: one during which the process ended before waits until no other such question is under way.
    package func begin(_ poll: DuePoll, at now: Timestamp) async throws(RecordingError) -> Bool {
        try await perform { transaction in
            let account = try transaction.accounts.row(of: poll.account)
            return try SentPollRows.begin(poll, of: account, at: now, in: transaction.statements)
        }
    }

    /// Notes that a question was given up from this side, and stays due.
    package func withdraw(_ poll: DuePoll) async throws(RecordingError) {
        try await perform { transaction in
            let account = try transaction.accounts.row(of: poll.account)
            try SentPollRows.end(poll, of: account, in: transaction.statements)
        }
    }

    /// Records of each question that was under way when the process ended that it brought nothing, so that it waits its turn. One
    /// during which that happened twice in a row is not asked by itself any more. To be done before anything is asked.
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
