/// How fast an account's questions may follow one another: so many a second, and after a quiet time as many at once.
///
/// It begins with one token, so that starting again and again is no storm.
package struct TokenBucket: Sendable {
    private var interval: Duration
    /// How far behind `next` may lie: what a quiet time can save up.
    private var savings: Duration
    /// When the token that is taken next is there.
    private var next: ContinuousClock.Instant

    package init(perSecond: Int, at now: ContinuousClock.Instant) {
        (interval, savings) = Self.pace(perSecond)
        next = now
    }

    /// Goes on at another rate; what was taken stays taken.
    package mutating func change(perSecond: Int) {
        (interval, savings) = Self.pace(perSecond)
    }

    private static func pace(_ perSecond: Int) -> (interval: Duration, savings: Duration) {
        let perSecond = max(perSecond, 1)
        let interval = Duration.seconds(1) / perSecond
        return (interval, interval * (perSecond - 1))
    }

    /// Takes a token for good, and tells how long it is until it is there: who takes first goes first.
    package mutating func acquire(at now: ContinuousClock.Instant) -> Duration {
        let token = max(next, now - savings)
        next = token + interval
        return max(now.duration(to: token), .zero)
    }
}
