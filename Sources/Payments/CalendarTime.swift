/// A time in UTC, by the Gregorian calendar: what every text of a time is made of. It exists for each ``Timestamp``.
package struct CalendarTime: Sendable, Equatable {
    package let year: Int64
    /// From 1 to 12.
    package let month: Int64
    package let day: Int64
    package let hour: Int64
    package let minute: Int64
    package let second: Int64
    package let millisecond: Int64
    /// From 0, which is Sunday, to 6.
    package let weekday: Int64

    package init(_ time: Timestamp) {
        let days = time.milliseconds.floored(by: 86_400_000)
        (year, month, day) = Self.date(days)
        // 1970 began with a Thursday.
        weekday = (days + 4).remainder(of: 7)
        let rest = time.milliseconds.remainder(of: 86_400_000)
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1000 % 60
        millisecond = rest % 1000
    }

    /// `2026-11-22`
    package var date: String { "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))" }

    /// `10:00:01`
    package var clock: String { "\(hour.padded(to: 2)):\(minute.padded(to: 2)):\(second.padded(to: 2))" }

    /// The date of a day, counted from 1970, in years that begin in March, so that the leap day is the last.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = days + 719_468
        let era = days.floored(by: 146_097)
        let dayOfEra = days.remainder(of: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Timestamp {
    package var inCalendar: CalendarTime { CalendarTime(self) }
}

extension Int64 {
    /// Division that rounds down, also below zero.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }

    /// The remainder of that division, which is never negative.
    fileprivate func remainder(of divisor: Int64) -> Int64 { (self % divisor + divisor) % divisor }
}

extension BinaryInteger {
    /// The number as text of at least so many characters, filled up from the left. A longer one stays as it is.
    package func padded(to width: Int, with filler: Character = "0", radix: Int = 10) -> String {
        let text = String(self, radix: radix)
        return String(repeating: filler, count: Swift.max(0, width - text.utf8.count)) + text
    }
}
