/// When the gateway is asked about what stays silent (design 3.5).
package struct PollSchedule: Sendable, Hashable {
    /// From the last evidence to the first question.
    package var firstAfter: Duration
    /// From one question to the next; the last step repeats.
    package var steps: [Duration]
    package var giveUpAfter: Duration
    package var authorizedEvery: Duration
    /// Failed and expired ones are asked about once more: both gateways document success after failure. Zero turns it off.
    package var secondLook: Duration
    /// Ages at which succeeded and partially refunded payments are asked about once more.
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

    /// No question that a callback plans is due sooner than this, but for those that are wanted at once.
    package var shortestPause: Duration {
        let looks = [secondLook].filter { $0 > .zero } + audit.prefix(1)
        return ([firstAfter, authorizedEvery] + looks).min() ?? firstAfter
    }

    /// No question that is put again and again is due later than this from now: what is, is held money's, or a single look at
    /// what has ended; or a clock that ran ahead planned it. A gateway in trouble may ask to be left alone for an hour.
    package var longestPause: Duration {
        let longestStep = steps.map { $0 + $0 / Self.jitterShare }.max() ?? .zero
        return max(firstAfter, longestStep, .seconds(3600))
    }

    /// No look at what has ended is due later than this after its last evidence.
    package var lastLook: Duration {
        max(secondLook, audit.last ?? .zero)
    }

    /// The answer to «when is the gateway asked next?».
    enum Next: Equatable {
        case at(Timestamp)
        case never
        /// Nobody knows how it ends, and it has been asked about long enough.
        case givenUp
    }

    /// When the gateway is asked next. What was asked about too rarely, because the daemon was down or the clock jumped, is not
    /// given up however old it is: each step is taken first.
    ///
    /// - Parameters:
    ///   - expiresAt: until when it may still be paid, as the gateway says: nothing is given up before that and a day.
    ///   - hasAsked: whether this is after a question, so that the next one may not follow at once.
    func next(
        _ reasons: PollReasons,
        _ pollState: PollState,
        expiresAt: Timestamp?,
        hasAsked: Bool,
        named name: String,
        at now: Timestamp
    ) -> Next {
        let since = pollState.since ?? now
        let looks = looks(reasons, since: since)
        var moments = looks
        var isGivenUp = false
        if reasons.contains(.open) {
            let isOld =
                max(since, pollState.requestedAt ?? since) + giveUpAfter <= now
                && expiresAt.map { $0 + Self.day <= now } ?? true
            isGivenUp = isOld && pollState.attempt >= steps.count
            if !isGivenUp { moments.append(now + pause(pollState, hasAsked: hasAsked, named: name, at: now)) }
        } else if reasons.contains(.again), let last = looks.filter({ $0 <= now }).max(), now < last + giveUpAfter {
            moments.append(now + pause(pollState, hasAsked: hasAsked, named: name, at: now))
        }
        if reasons.contains(.authorized) {
            moments.append(now + (reasons.contains(.staleHold) ? max(authorizedEvery, Self.week) : authorizedEvery))
        }
        guard let next = moments.filter({ $0 > now || (!hasAsked && $0 == now) }).min() else {
            return isGivenUp ? .givenUp : .never
        }
        return .at(next)
    }

    /// The step that follows a number of answered questions, with a jitter that is the same for the same name and number: a
    /// crowd that went silent together does not come back together, and a restart changes nothing.
    func step(after attempt: Int, named name: String) -> Duration {
        guard let step = steps.isEmpty ? nil : steps[min(max(0, attempt.subtractingSaturated(1)), steps.count - 1)]
        else {
            return firstAfter
        }
        return step + step / Self.jitterShare * Self.fraction(of: name, attempt) / 1024
    }

    /// The single questions about what has ended.
    private func looks(_ reasons: PollReasons, since: Timestamp) -> [Timestamp] {
        var looks: [Timestamp] = []
        if reasons.contains(.secondLook), secondLook > .zero { looks.append(since + secondLook) }
        if reasons.contains(.audit) { looks += audit.map { since + $0 } }
        return looks
    }

    /// While a wish stands, the steps are those of its own age: an old payment is not asked about once a day then.
    private func pause(_ pollState: PollState, hasAsked: Bool, named name: String, at now: Timestamp) -> Duration {
        guard hasAsked else { return pollState.requestedAt == nil ? firstAfter : .zero }
        let step = step(after: pollState.attempt, named: name)
        // The age of a wish that a clock which ran ahead has dated is not known: it must not count as new for days.
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
