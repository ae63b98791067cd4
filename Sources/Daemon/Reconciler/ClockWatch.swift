package import Payments

/// Notices that the clock was set back, by a clock that nobody sets.
package struct ClockWatch: Sendable {
    /// Less is what a time service does all day, and no question waits for it.
    private static let tolerance = Duration.seconds(1)

    private var last: (moment: Moment, instant: ContinuousClock.Instant)?

    package init() {}

    /// Whether less time has passed by the clock than has really passed since the last look.
    package mutating func wasSetBack(at now: Moment, _ instant: ContinuousClock.Instant) -> Bool {
        defer { last = (now, instant) }
        guard let last else { return false }
        let passed = Duration.milliseconds(now.milliseconds - last.moment.milliseconds)
        return passed + Self.tolerance < last.instant.duration(to: instant)
    }
}
