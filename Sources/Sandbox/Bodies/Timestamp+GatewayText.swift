package import Payments

extension Timestamp {
    /// The time as ecommpay writes it: whole seconds, and an offset without a colon.
    package var ecommpayText: String { "\(dateAndTime)+0000" }

    /// The time as eComCharge writes it: milliseconds, and `Z`.
    package var ecomchargeText: String {
        "\(dateAndTime).\(Self.padded(milliseconds.remainder(of: 1000), to: 3))Z"
    }

    private var dateAndTime: String {
        let seconds = milliseconds.floored(by: 1000)
        let (year, month, day) = Self.date(daysSince1970: seconds.floored(by: 86_400))
        let second = seconds.remainder(of: 86_400)
        return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
            + "T\(Self.padded(second / 3600, to: 2)):\(Self.padded(second / 60 % 60, to: 2)):"
            + Self.padded(second % 60, to: 2)
    }

    /// The Gregorian date, counted in years that begin in March, so that the leap day is the last.
    private static func date(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = daysSince1970 + 719_468
        let era = days.floored(by: 146_097)
        let dayOfEra = days.remainder(of: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int64, to digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

extension Int64 {
    fileprivate func floored(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }

    fileprivate func remainder(of divisor: Int64) -> Int64 { self - floored(by: divisor) * divisor }
}
