package import Payments

/// Notices that the clock was set back, by a clock that nobody sets, and tells when it is time to look for what a clock that is
/// slewed has planned: that moves both clocks alike, and cannot be seen.
package struct ClockWatch: Sendable {
    /// Less is what a time service does all day, and no question waits for it.
    private static let tolerance = Duration.seconds(1)
    private static let hour = Duration.seconds(3600)

    private var last: (moment: Timestamp, instant: ContinuousClock.Instant)?
    private var nextHour: ContinuousClock.Instant?

    package init() {}

    /// Whether less time has passed by the clock than has really passed since the last look.
    package mutating func wasSetBack(at now: Timestamp, _ instant: ContinuousClock.Instant) -> Bool {
        defer { last = (now, instant) }
        guard let last else { return false }
        return now - last.moment + Self.tolerance < last.instant.duration(to: instant)
    }

    /// Whether an hour has passed since this was last so; it is so at first.
    package mutating func isHourOver(at instant: ContinuousClock.Instant) -> Bool {
        if let nextHour, instant < nextHour { return false }
        nextHour = instant + Self.hour
        return true
    }
}
