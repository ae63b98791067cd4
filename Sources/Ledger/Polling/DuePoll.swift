package import Payments

/// A poll that is due, with the state in which it was read: its answer is judged against that state.
package struct DuePoll: Sendable {
    package let account: String
    package let entity: Entity
    /// The gateway's word for the payment's method, which decides the endpoint to try first.
    package let method: String?
    /// The endpoint that last knew the entity.
    package let endpoint: String?
    /// The row of the entity in the ledger.
    let row: EntityRow
    /// The last callback that had been recorded: a callback recorded after it has overtaken the answer.
    let lastCallback: Int64
    /// The poll request that was pending: the answer serves only this one.
    let requestedAt: Timestamp?
}

extension DuePoll: Identifiable {
    /// Identifies polls in progress: there is never more than one for the same entity.
    package struct ID: Sendable, Hashable {
        let row: EntityRow
    }

    package var id: ID { ID(row: row) }
}

/// What there is to poll at an account's gateway.
package enum NextPoll: Sendable {
    case poll(DuePoll)
    /// Nothing now; the time at which the next poll is due, if any is.
    case nothing(until: Timestamp?)
}

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
    ///
    /// - Parameters:
    ///   - account: the only account whose polls are meant; `nil` for all.
    ///   - own: polls of this process, which are known not to have been interrupted.
    package func recordInterrupted(
        of account: String? = nil,
        besides own: Set<DuePoll.ID> = [],
        at now: Timestamp
    ) async throws(RecordingError) -> [DuePoll] {
        try await perform { transaction in
            let sent = try SentPollRows.all(in: transaction.statements)
            let interrupted = sent.filter { poll, _ in
                (account == nil || poll.account == account) && !own.contains(poll.id)
            }
            return try interrupted.map { poll, askedAt in
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
