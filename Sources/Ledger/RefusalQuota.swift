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
    private static let burst: Int64 = 256
    private static let perSecond: Int64 = 32

    /// What may still be let through, in thousandths of a refusal: so many come back each millisecond as whole ones a second.
    private var thousandths = burst * 1000
    private var last: Moment?

    /// Whether a refusal at this time is to be kept. A clock that goes back gives nothing and takes nothing.
    mutating func admits(at now: Moment) -> Bool {
        let elapsed = (now - (last ?? now)).wholeMilliseconds
        last = now
        // More than a burst never comes back, however long the pause was.
        thousandths = min(Self.burst * 1000, thousandths + Self.perSecond * min(max(0, elapsed), 60_000))
        guard thousandths >= 1000 else { return false }
        thousandths -= 1000
        return true
    }
}
