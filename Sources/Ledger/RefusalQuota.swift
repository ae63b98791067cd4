import Payments

/// What is kept of refused requests: never more than so many rows, so many bytes, and so long.
package struct RefusalQuota: Sendable, Equatable {
    package var rows: Int
    package var bytes: Int
    package var age: Duration

    package init(rows: Int, bytes: Int, age: Duration) {
        self.rows = rows
        self.bytes = bytes
        self.age = age
    }
}

/// Lets through a bounded number of refusals a second, so that a flood of forgeries costs few writes.
struct RefusalThrottle: Sendable {
    private static let burst = 256.0
    private static let perSecond = 32.0

    private var tokens = burst
    private var last: Moment?

    /// Whether a refusal at this time is to be kept. A clock that goes back gives nothing and takes nothing.
    mutating func admits(at now: Moment) -> Bool {
        let elapsed = max(0, now.milliseconds - (last ?? now).milliseconds)
        last = now
        tokens = min(Self.burst, tokens + Self.perSecond * Double(elapsed) / 1000)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
