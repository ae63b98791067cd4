import Daemon
import Payments
import Testing

/// Detecting that the clock was set back, by a monotonic clock.
@Suite struct ClockWatchTests {
    static let looks: [(clock: Int64, really: Int64, isSetBack: Bool)] = [
        (10_000, 10_000, false), (9500, 10_000, false), (8900, 10_000, true), (0, 10_000, true),
        (-1_728_000_000, 10_000, true), (1_728_000_000, 10_000, false), (0, 0, false), (0, 900, false),
    ]

    @Test(arguments: looks)
    func `less time by the clock than really passed means that it was set back`(
        _ clock: Int64,
        _ really: Int64,
        _ isSetBack: Bool
    ) {
        var watch = ClockWatch()
        let (time, instant) = (Timestamp(milliseconds: 1_800_000_000_000), ContinuousClock().now)
        let first = watch.wasSetBack(at: time, instant)
        #expect(!first, "nothing is known at the first look")
        let second = watch.wasSetBack(at: time + .milliseconds(clock), instant + .milliseconds(really))
        #expect(second == isSetBack)
        let third = watch.wasSetBack(
            at: time + .milliseconds(clock + 10_000),
            instant + .milliseconds(really + 10_000)
        )
        #expect(!third, "told once")
    }

    @Test func `a look is due at first, and then once an hour, whatever the clock says`() {
        var watch = ClockWatch()
        let start = ContinuousClock().now
        let due = [0, 2, 3599, 3600, 3602, 7199, 7201].map { watch.isHourOver(at: start + .seconds($0)) }
        #expect(due == [true, false, false, true, false, false, true])
    }
}
