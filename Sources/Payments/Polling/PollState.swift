/// Where the asking about one payment, operation, checkout or subscription stands; it is kept in the database, nothing is only
/// in memory.
package struct PollState: Sendable, Equatable {
    /// `reconciliation` in the views.
    package enum Phase: String, Sendable, CaseIterable {
        case scheduled
        /// Nothing is wanted to be known; an audit may be planned all the same.
        case done
        case unresolved
    }

    package var phase: Phase
    /// When the next question is due: one that is scheduled, or an audit of what is done.
    package var nextPollAt: Timestamp?
    /// Questions that were answered since the last evidence; trouble at the gateway does not count.
    package var attempt: Int
    /// Since when an answer is wanted at once; only an answer to a question sent later serves it.
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

    /// The gateway is to be asked at once. Two wishes are never the same, so that it can be told which one an answer serves.
    mutating func requestPoll(at now: Timestamp) {
        phase = .scheduled
        nextPollAt = now
        requestedAt = requestedAt.map { max($0 + .milliseconds(1), now) } ?? now
        since = since ?? now
    }

    /// New evidence came: the schedule starts again, or ends. A wish for an answer at once stays.
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
        plan(reasons, expiresAt: expiresAt, hasAsked: false, by: schedule, named: name, at: now)
        if let wanted, let next = nextPollAt { nextPollAt = min(next, wanted) }
    }

    /// A question was put: what it brought decides when the next one is due.
    ///
    /// - Parameters:
    ///   - isServed: whether the answer was usable (design 3.5).
    ///   - expiresAt: until when it may still be paid, as the gateway says.
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
        // What was noted by a clock that ran ahead counts from now.
        if let begun = since, begun > now { since = now }
        if !isRestarted, result.outcome.usesUpTheSchedule { attempt = attempt.addingSaturated(1) }
        if isServed, requestedAt == request { requestedAt = nil }
        let reasons = isServed ? reasons : reasons.union(.again)
        plan(
            reasons,
            expiresAt: expiresAt,
            hasAsked: !isRestarted || requestedAt != nil,
            by: schedule,
            named: name,
            at: now
        )
        if result.outcome == .undecodable { backOff(by: schedule, at: now) }
        if phase == .unresolved, !result.outcome.mayBeTheLast {
            keepPolling(from: before, by: schedule, named: name, at: now)
        }
        // A wish that came while the question was under way is as urgent as it was.
        if let requestedAt, requestedAt != request { nextPollAt = now }
    }

    /// The gateway was in trouble: nothing of the schedule is used up, but it is not asked again before the pause is over.
    mutating func postpone(by pause: Duration, schedule: PollSchedule, named name: String, at now: Timestamp) {
        guard nextPollAt != nil else { return }
        let step = schedule.step(after: attempt, named: name)
        nextPollAt = now + max(pause, requestedAt == nil ? step : min(step, Self.timeout))
    }

    /// To ask would do more harm than good: only new evidence or a person resumes it.
    mutating func giveUp() {
        phase = .unresolved
        nextPollAt = nil
        requestedAt = nil
    }

    /// How long a wish waits before a gateway in trouble is asked again.
    private static let timeout = Duration.seconds(10)

    /// Rubbish uses up no step, so the pause grows with the time that has passed instead.
    private mutating func backOff(by schedule: PollSchedule, at now: Timestamp) {
        guard let next = nextPollAt, requestedAt == nil else { return }
        let age = now - (since ?? now)
        nextPollAt = max(next, now + min(schedule.steps.last ?? schedule.firstAfter, age / 4))
    }

    /// What could not be believed is no reason to give up, however long it goes on.
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
        hasAsked: Bool,
        by schedule: PollSchedule,
        named name: String,
        at now: Timestamp
    ) {
        var reasons = reasons
        if requestedAt != nil { reasons.insert(.open) }
        switch schedule.next(reasons, self, expiresAt: expiresAt, hasAsked: hasAsked, named: name, at: now) {
        case .at(let moment):
            phase = reasons.isSubset(of: .audit) ? .done : .scheduled
            nextPollAt = moment
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
