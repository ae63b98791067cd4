/// Corrects polls that were scheduled by a clock that ran ahead, once the clock is right again: no poll waits for a
/// time that only that clock gave.
///
/// The start of the schedule and the time of a poll request stay recorded as they are, because they follow from the
/// evidence; times in the future count from now.
extension PollState {
    /// Rows written while schedules are being checked may be dated a little later than the check.
    private static let tolerance = Duration.seconds(60)

    /// Reschedules the next poll if no correct clock could have scheduled it so late. Open and held entities are polled
    /// at once, because how long they have waited is unknown; ended ones at their next look.
    ///
    /// - Parameter isDatedAhead: whether evidence, a poll request or a poll is dated later than now, so that the poll
    ///   was scheduled by that clock, however little it ran ahead.
    /// - Returns: whether the poll was rescheduled.
    mutating func correct(
        _ reasons: PollReasons,
        isDatedAhead: Bool,
        expiresAt: Timestamp? = nil,
        by schedule: PollSchedule,
        named name: String,
        at now: Timestamp
    ) -> Bool {
        guard let planned = nextPollAt,
            isDatedAhead || planned > now + schedule.longestPause + Self.tolerance
        else { return false }
        var reasons = reasons
        if requestedAt != nil { reasons.insert(.open) }
        var counted = self
        counted.since = since.map { min($0, now) }
        counted.requestedAt = requestedAt.map { min($0, now) }
        switch schedule.next(reasons, counted, expiresAt: expiresAt, hasPolled: true, named: name, at: now) {
        case .at(let latest):
            guard planned > latest + Self.tolerance else { return false }
            nextPollAt = reasons.isDisjoint(with: [.open, .authorized]) ? latest : now
        case .never, .givenUp:
            // The schedule has changed, and no longer contains a look at it.
            nextPollAt = reasons.isDisjoint(with: [.open, .authorized]) ? now + schedule.longestPause : now
        }
        return true
    }
}

extension Payment {
    /// Reschedules polls of the payment and its operations that were scheduled by a clock that ran ahead.
    ///
    /// - Returns: whether the payment's poll was rescheduled, and the ids of the operations whose polls were.
    package mutating func correct(
        isDatedAhead: Bool,
        by schedule: PollSchedule,
        at now: Timestamp
    ) -> (payment: Bool, operations: [String]) {
        let isChanged = pollState.correct(
            pollReasons(at: now),
            isDatedAhead: isDatedAhead,
            expiresAt: expiresAt,
            by: schedule,
            named: id,
            at: now
        )
        var changed: [String] = []
        for index in operations.indices {
            let (name, reasons) = (operations[index].id, PollReasons(in: operations[index]))
            let isOperationChanged = operations[index].pollState.correct(
                reasons,
                isDatedAhead: isDatedAhead,
                by: schedule,
                named: name,
                at: now
            )
            if isOperationChanged { changed.append(name) }
        }
        return (isChanged, changed)
    }
}

extension Checkout {
    /// Reschedules a poll that was scheduled by a clock that ran ahead.
    ///
    /// - Returns: whether it was rescheduled.
    package mutating func correct(isDatedAhead: Bool, by schedule: PollSchedule, at now: Timestamp) -> Bool {
        pollState.correct(
            PollReasons(in: self),
            isDatedAhead: isDatedAhead,
            expiresAt: expiresAt,
            by: schedule,
            named: token,
            at: now
        )
    }
}

extension Subscription {
    /// Reschedules a poll that was scheduled by a clock that ran ahead.
    ///
    /// - Returns: whether it was rescheduled.
    package mutating func correct(isDatedAhead: Bool, by schedule: PollSchedule, at now: Timestamp) -> Bool {
        pollState.correct([], isDatedAhead: isDatedAhead, by: schedule, named: id, at: now)
    }
}
