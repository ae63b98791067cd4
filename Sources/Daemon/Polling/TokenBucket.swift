/// Limits the rate of an account's requests: so many a second, and as many at once after a quiet second.
///
/// It starts with one token, so that repeated restarts cause no storm.
package struct TokenBucket: Sendable {
    private var interval: Duration
    /// How far behind now `next` may lie: what a quiet time can save up.
    private var savings: Duration
    /// When the next token becomes available.
    private var next: ContinuousClock.Instant

    package init(perSecond: Int, at now: ContinuousClock.Instant) {
        (interval, savings) = Self.pace(perSecond)
        next = now
    }

    /// Changes the rate; tokens already reserved stay reserved.
    package mutating func change(perSecond: Int) {
        (interval, savings) = Self.pace(perSecond)
    }

    private static func pace(_ perSecond: Int) -> (interval: Duration, savings: Duration) {
        let perSecond = max(perSecond, 1)
        let interval = Duration.seconds(1) / perSecond
        return (interval, interval * (perSecond - 1))
    }

    /// Reserves the next token and returns how long to wait until it is available.
    ///
    /// Reservations are served in order and cannot be returned.
    package mutating func acquire(at now: ContinuousClock.Instant) -> Duration {
        let token = max(next, now - savings)
        next = token + interval
        return max(now.duration(to: token), .zero)
    }
}
