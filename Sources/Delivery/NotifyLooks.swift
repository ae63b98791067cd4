import Payments

/// When to look for events, and when to write that there were none of interest.
package struct NotifyLooks: Sendable {
    private static let pauseBetweenPasses = Duration.seconds(5)
    private static let mostPassed: Int64 = 1000

    private var last: ContinuousClock.Instant?
    /// The next without any news.
    private var next: ContinuousClock.Instant
    /// The next with news.
    private var earliest: ContinuousClock.Instant
    private var passedUpTo: Int64 = 0
    private var passedAt: ContinuousClock.Instant?

    package init(at now: ContinuousClock.Instant) {
        (next, earliest) = (now, now)
    }

    package func nextStart(
        hasNews: Bool,
        pauseBetweenLooks: Duration,
        at now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        max(last.map { $0 + pauseBetweenLooks } ?? now, hasNews ? earliest : next)
    }

    /// - Parameters:
    ///   - pause: the time until the next look if there are no news.
    ///   - least: the time until the next look in any case.
    package mutating func found(nothingFor pause: Duration, atLeast least: Duration, at now: ContinuousClock.Instant) {
        last = now
        next = now + pause
        earliest = now + min(least, pause)
    }

    /// Whether it is time to write that there was nothing of interest up to here. It is not written for each look.
    package mutating func mayPass(to seq: Int64, at now: ContinuousClock.Instant) -> Bool {
        guard seq != passedUpTo else { return false }
        let isTime = passedAt.map { now >= $0 + Self.pauseBetweenPasses } ?? true
        // It is smaller if an operator has set the cursor back.
        let isFar = seq < passedUpTo || seq >= passedUpTo.addingSaturated(Self.mostPassed)
        guard isTime || isFar else { return false }
        (passedUpTo, passedAt) = (seq, now)
        return true
    }

    /// The cursor gets here because an event was delivered.
    package mutating func delivered(upTo seq: Int64) {
        passedUpTo = seq
    }
}
