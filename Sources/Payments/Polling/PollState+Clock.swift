/// What a clock that ran ahead has planned, once it is right again: nothing waits for a time that only that clock gave.
///
/// When an asking began, and since when an answer is wanted, stays on record as it was noted, for it follows from the evidence; what
/// lies in the future counts from now.
extension PollState {
    /// What is written while the plans are looked through may be dated a little later than the look.
    private static let tolerance = Duration.seconds(60)

    /// Plans the next question anew if no clock that is right could have planned it for so late: what is open, or held, is asked
    /// about at once, for nobody knows how long it has waited; what has ended at its next look.
    ///
    /// - Parameter isDatedAhead: whether evidence, a wish or a question is dated later than now, so that the plan was made by
    ///   that clock, however little it ran ahead.
    /// - Returns: whether it did.
    mutating func putRight(
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
        switch schedule.next(reasons, counted, expiresAt: expiresAt, hasAsked: true, named: name, at: now) {
        case .at(let latest):
            guard planned > latest + Self.tolerance else { return false }
            nextPollAt = reasons.isDisjoint(with: [.open, .authorized]) ? latest : now
        case .never, .givenUp:
            // The schedule has changed, and has no look for it any more.
            nextPollAt = reasons.isDisjoint(with: [.open, .authorized]) ? now + schedule.longestPause : now
        }
        return true
    }
}

extension Payment {
    /// Plans anew what a clock that ran ahead planned, of the payment and of its operations.
    ///
    /// - Returns: the names of the operations whose plan is another one now, and whether the payment's is.
    package mutating func putRight(
        isDatedAhead: Bool,
        by schedule: PollSchedule,
        at now: Timestamp
    ) -> (payment: Bool, operations: [String]) {
        let isChanged = pollState.putRight(
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
            let isOperationChanged = operations[index].pollState.putRight(
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
    /// Plans anew what a clock that ran ahead planned.
    ///
    /// - Returns: whether it did.
    package mutating func putRight(isDatedAhead: Bool, by schedule: PollSchedule, at now: Timestamp) -> Bool {
        pollState.putRight(
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
    /// Plans anew what a clock that ran ahead planned.
    ///
    /// - Returns: whether it did.
    package mutating func putRight(isDatedAhead: Bool, by schedule: PollSchedule, at now: Timestamp) -> Bool {
        pollState.putRight([], isDatedAhead: isDatedAhead, by: schedule, named: id, at: now)
    }
}
