/// The polling state of one payment, operation, checkout or subscription. It is kept in the database; nothing is only
/// in memory.
package struct PollState: Sendable, Equatable {
    /// `reconciliation` in the views.
    package enum Phase: String, Sendable, CaseIterable {
        case scheduled
        /// There is nothing to find out; an audit may be scheduled all the same.
        case done
        case unresolved
    }

    package var phase: Phase
    /// When the next poll is due: a scheduled one, or an audit of an entity that is done.
    package var nextPollAt: Timestamp?
    /// Answered polls since the last evidence; failures of the gateway do not count.
    package var attempt: Int
    /// When an immediate poll was requested; only the answer to a poll sent later serves the request.
    package var requestedAt: Timestamp?
    /// When the schedule began: the last evidence.
    package var since: Timestamp?

    package init(
        phase: Phase = .done,
        nextPollAt: Timestamp? = nil,
        attempt: Int = 0,
        requestedAt: Timestamp? = nil,
        since: Timestamp? = nil
    ) {
        self.phase = phase
        self.nextPollAt = nextPollAt
        self.attempt = attempt
        self.requestedAt = requestedAt
        self.since = since
    }

    /// Requests an immediate poll. Each request gets a distinct timestamp, so that an answer can be matched to the
    /// request it serves.
    mutating func requestPoll(at now: Timestamp) {
        phase = .scheduled
        nextPollAt = now
        requestedAt = requestedAt.map { max($0 + .milliseconds(1), now) } ?? now
        since = since ?? now
    }

    /// Restarts or ends the schedule after new evidence. A pending request for an immediate poll stays.
    mutating func restart(
        _ reasons: PollReasons,
        expiresAt: Timestamp? = nil,
        by schedule: PollSchedule,
        named name: String,
        at now: Timestamp
    ) {
        let wanted = requestedAt == nil ? nil : nextPollAt
        attempt = 0
        since = now
        plan(reasons, expiresAt: expiresAt, hasPolled: false, by: schedule, named: name, at: now)
        if let wanted, let next = nextPollAt { nextPollAt = min(next, wanted) }
    }

    /// Decides from the result of a poll when the next one is due.
    ///
    /// - Parameters:
    ///   - isServed: whether the answer was usable (docs/reconciliation.md).
    ///   - expiresAt: when the time to pay ends, according to the gateway.
    mutating func proceed(
        _ reasons: PollReasons,
        after result: PollResult,
        isServed: Bool,
        expiresAt: Timestamp?,
        by schedule: PollSchedule,
        named name: String,
        at now: Timestamp
    ) {
        let (request, before) = (result.requestedAt, self)
        let isRestarted = attempt == 0 && since == now
        // A time recorded by a clock that ran ahead counts from now.
        if let begun = since, begun > now { since = now }
        if !isRestarted, result.outcome.usesUpTheSchedule { attempt = attempt.addingSaturated(1) }
        if isServed, requestedAt == request { requestedAt = nil }
        let reasons = isServed ? reasons : reasons.union(.again)
        plan(
            reasons,
            expiresAt: expiresAt,
            hasPolled: !isRestarted || requestedAt != nil,
            by: schedule,
            named: name,
            at: now
        )
        if result.outcome == .undecodable { backOff(by: schedule, at: now) }
        if phase == .unresolved, !result.outcome.mayBeTheLast {
            keepPolling(from: before, by: schedule, named: name, at: now)
        }
        // A poll request that came while the poll was in flight is still urgent.
        if let requestedAt, requestedAt != request { nextPollAt = now }
    }

    /// Postpones the next poll after a failure of the gateway: no step of the schedule is used up, but the next poll
    /// waits until the pause is over.
    mutating func postpone(by pause: Duration, schedule: PollSchedule, named name: String, at now: Timestamp) {
        guard nextPollAt != nil else { return }
        let step = schedule.step(after: attempt, named: name)
        nextPollAt = now + max(pause, requestedAt == nil ? step : min(step, Self.retryDelay))
    }

    /// Gives up because another poll would do more harm than good: only new evidence or a person resumes polling.
    mutating func giveUp() {
        phase = .unresolved
        nextPollAt = nil
        requestedAt = nil
    }

    /// How long a poll request waits before a failing gateway is polled again.
    private static let retryDelay = Duration.seconds(10)

    /// Lengthens the pause with the time that has passed, because an unreadable answer uses up no step.
    private mutating func backOff(by schedule: PollSchedule, at now: Timestamp) {
        guard let next = nextPollAt, requestedAt == nil else { return }
        let age = now - (since ?? now)
        nextPollAt = max(next, now + min(schedule.steps.last ?? schedule.firstAfter, age / 4))
    }

    /// Keeps polling: an answer that could not be believed is no reason to give up, however long that goes on.
    private mutating func keepPolling(
        from before: PollState,
        by schedule: PollSchedule,
        named name: String,
        at now: Timestamp
    ) {
        phase = .scheduled
        requestedAt = before.requestedAt
        nextPollAt = now + schedule.step(after: attempt, named: name)
    }

    private mutating func plan(
        _ reasons: PollReasons,
        expiresAt: Timestamp?,
        hasPolled: Bool,
        by schedule: PollSchedule,
        named name: String,
        at now: Timestamp
    ) {
        var reasons = reasons
        if requestedAt != nil { reasons.insert(.open) }
        switch schedule.next(reasons, self, expiresAt: expiresAt, hasPolled: hasPolled, named: name, at: now) {
        case .at(let time):
            phase = reasons.isSubset(of: .audit) ? .done : .scheduled
            nextPollAt = time
        case .never:
            phase = .done
            nextPollAt = nil
        case .givenUp:
            phase = .unresolved
            nextPollAt = nil
            requestedAt = nil
        }
    }
}
