/// When the gateway is polled about entities that no callback reports on (docs/reconciliation.md).
package struct PollSchedule: Sendable, Hashable {
    /// From the last evidence to the first poll.
    package var firstAfter: Duration
    /// From one poll to the next; the last step repeats.
    package var steps: [Duration]
    package var giveUpAfter: Duration
    package var authorizedEvery: Duration
    /// Failed and expired payments are polled once more: both gateways document success after failure. Zero turns it
    /// off.
    package var secondLook: Duration
    /// Ages at which succeeded and partially refunded payments are polled once more.
    package var audit: [Duration]

    package init(
        firstAfter: Duration,
        steps: [Duration],
        giveUpAfter: Duration,
        authorizedEvery: Duration,
        secondLook: Duration,
        audit: [Duration]
    ) {
        self.firstAfter = firstAfter
        self.steps = steps
        self.giveUpAfter = giveUpAfter
        self.authorizedEvery = authorizedEvery
        self.secondLook = secondLook
        self.audit = audit.sorted()
    }

    /// The shortest delay before a poll that a callback schedules, except for immediate poll requests.
    package var shortestPause: Duration {
        let looks = [secondLook].filter { $0 > .zero } + audit.prefix(1)
        return ([firstAfter, authorizedEvery] + looks).min() ?? firstAfter
    }

    /// The longest delay from now of any repeated poll. A poll due later is one of held money or a single look at an
    /// ended entity, or was scheduled by a clock that ran ahead. A failing or rate-limiting gateway may ask for a pause
    /// of an hour.
    package var longestPause: Duration {
        let longestStep = steps.map { $0 + $0 / Self.jitterShare }.max() ?? .zero
        return max(firstAfter, longestStep, .seconds(3600))
    }

    /// The latest single look at an ended entity, counted from its last evidence.
    package var lastLook: Duration {
        max(secondLook, audit.last ?? .zero)
    }

    /// When to poll next, if at all.
    enum Next: Equatable {
        case at(Timestamp)
        case never
        /// The result is not known, and polling has gone on long enough.
        case givenUp
    }

    /// Decides when to poll next. An entity that was polled too rarely, because the daemon was down or the clock
    /// jumped, is not given up however old it is: each step is taken first.
    ///
    /// - Parameters:
    ///   - expiresAt: when the time to pay ends, according to the gateway: nothing is given up before a day after
    ///     that.
    ///   - hasPolled: whether this follows a poll, so that the next one may not be immediate.
    func next(
        _ reasons: PollReasons,
        _ pollState: PollState,
        expiresAt: Timestamp?,
        hasPolled: Bool,
        named name: String,
        at now: Timestamp
    ) -> Next {
        let since = pollState.since ?? now
        let looks = looks(reasons, since: since)
        var times = looks
        var isGivenUp = false
        if reasons.contains(.open) {
            let isOld =
                max(since, pollState.requestedAt ?? since) + giveUpAfter <= now
                && expiresAt.map { $0 + Self.day <= now } ?? true
            isGivenUp = isOld && pollState.attempt >= steps.count
            if !isGivenUp { times.append(now + pause(pollState, hasPolled: hasPolled, named: name, at: now)) }
        } else if reasons.contains(.again), let last = looks.filter({ $0 <= now }).max(), now < last + giveUpAfter {
            times.append(now + pause(pollState, hasPolled: hasPolled, named: name, at: now))
        }
        if reasons.contains(.authorized) {
            times.append(now + (reasons.contains(.staleHold) ? max(authorizedEvery, Self.week) : authorizedEvery))
        }
        guard let next = times.filter({ $0 > now || (!hasPolled && $0 == now) }).min() else {
            return isGivenUp ? .givenUp : .never
        }
        return .at(next)
    }

    /// The delay after a number of answered polls, with a jitter that is the same for the same name and number:
    /// entities that went silent together are not polled together again, and a restart changes nothing.
    func step(after attempt: Int, named name: String) -> Duration {
        guard let step = steps.isEmpty ? nil : steps[min(max(0, attempt.subtractingSaturated(1)), steps.count - 1)]
        else {
            return firstAfter
        }
        return step + step / Self.jitterShare * Self.fraction(of: name, attempt) / 1024
    }

    /// The single polls of ended entities.
    private func looks(_ reasons: PollReasons, since: Timestamp) -> [Timestamp] {
        var looks: [Timestamp] = []
        if reasons.contains(.secondLook), secondLook > .zero { looks.append(since + secondLook) }
        if reasons.contains(.audit) { looks += audit.map { since + $0 } }
        return looks
    }

    /// While a poll request is pending, the steps are those of the request's own age: otherwise an old payment would be
    /// polled only once a day.
    private func pause(_ pollState: PollState, hasPolled: Bool, named name: String, at now: Timestamp) -> Duration {
        guard hasPolled else { return pollState.requestedAt == nil ? firstAfter : .zero }
        let step = step(after: pollState.attempt, named: name)
        // A request dated by a clock that ran ahead has no known age: it must not count as new for days.
        guard let requestedAt = pollState.requestedAt, requestedAt <= now else { return step }
        return min(step, max(steps.first ?? step, now - requestedAt))
    }

    private static let day = Duration.seconds(86_400)
    private static let week = day * 7

    /// A step is lengthened by up to a fifth.
    private static let jitterShare = 5

    /// 0 to 1023: FNV-1a over the name and the attempt, which is the same in every process.
    private static func fraction(of name: String, _ attempt: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ UInt64(truncatingIfNeeded: attempt)) &* 0x100_0000_01b3
        return Int((hash ^ hash >> 32) & 1023)
    }
}
