import Payments
import Testing
import paystate

/// The times that a person may type after `--since`.
@Suite struct StartTimeTests {
    private static let now = Timestamp(milliseconds: 1_795_341_600_000)

    @Test(arguments: [
        ("2026-11-22T10:00:00Z", 0), ("2026-11-22T10:00:00.250Z", 250), ("2026-11-22T12:00:00+02:00", 0),
        ("2026-11-22 10:00:00", 0), ("2026-11-22 10:00", 0), ("2026-11-22T10:01", 60_000), ("2026-11-22", -36_000_000),
        ("2h", -7_200_000), ("7d", -604_800_000), ("90s", -90_000), ("0m", 0),
    ])
    func `a time, a day and a duration before now are understood`(_ text: String, _ milliseconds: Int64) throws {
        let time = try #require(StartTime(text))
        #expect(time.timestamp(at: Self.now) == Self.now + .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "now", "2", "2 h", "-2h", "2w", "40000d", "2026", "2026-02-30", "10:00", "2026-11-22T25:00"])
    func `anything else is refused`(_ text: String) {
        #expect(StartTime(text) == nil)
    }
}
