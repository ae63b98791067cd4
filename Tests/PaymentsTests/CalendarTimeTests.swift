import Payments
import Testing

/// Times in the calendar, and numbers of a fixed width, of which the texts of times are made.
@Suite struct CalendarTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01", "00:00:00", 0, 4), (-1, "1969-12-31", "23:59:59", 999, 3),
            (951_782_400_000, "2000-02-29", "00:00:00", 0, 2), (951_868_800_000, "2000-03-01", "00:00:00", 0, 3),
            (1_709_251_199_007, "2024-02-29", "23:59:59", 7, 4), (1_795_341_601_250, "2026-11-22", "10:00:01", 250, 0),
            (4_107_542_400_000, "2100-03-01", "00:00:00", 0, 1), (-62_135_596_800_000, "0001-01-01", "00:00:00", 0, 1),
            (.max, "292278994-08-17", "07:12:55", 807, 0), (.min, "-292275055-05-16", "16:47:04", 192, 0),
        ] as [(Int64, String, String, Int64, Int64)]
    )
    func `every time is in the calendar`(
        _ milliseconds: Int64,
        _ date: String,
        _ clock: String,
        _ millisecond: Int64,
        _ weekday: Int64
    ) {
        let time = Timestamp(milliseconds: milliseconds).inCalendar
        #expect(time.date == date && time.clock == clock)
        #expect(time.millisecond == millisecond && time.weekday == weekday)
    }

    @Test func `a number has at least its width`() {
        #expect(7.padded(to: 2) == "07")
        #expect(123.padded(to: 2) == "123")
        #expect((-5).padded(to: 4) == "00-5")
        #expect(42.padded(to: 6, with: " ") == "    42")
        #expect(0x1F.padded(to: 4, radix: 16) == "001f")
    }
}
