import Foundation
import Glibc
package import Payments

extension Timestamp {
    /// UTC, as `2026-11-22T10:00:01.250Z`: in the log, in responses, and in the database views.
    package var text: String {
        let time = inCalendar
        return "\(time.date)T\(time.clock).\(time.millisecond.padded(to: 3))Z"
    }
}

extension Timestamp {
    /// Parses an HTTP date in the three forms that a recipient must accept (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994
    /// 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
    ///
    /// - Parameter now: A two-digit year is never taken as more than fifty years after this.
    package init?(httpDate text: String, at now: Timestamp) {
        if let match = text.wholeMatch(of: /[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT/) {
            self.init(year: match.3, month: match.2, day: match.1, time: match.4)
        } else if let match = text.wholeMatch(of: /[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})/) {
            self.init(year: match.4, month: match.1, day: match.2.drop { $0 == " " }, time: match.3)
        } else if let match = text.wholeMatch(of: /[A-Z][a-z]+, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) GMT/) {
            let years = ["20", "19"].lazy.map { $0 + match.3 }
            let candidates = years.compactMap {
                Timestamp(year: $0[...], month: match.2, day: match.1, time: match.4)
            }
            guard let time = candidates.first(where: { $0 < now + .seconds(50 * 365 * 86_400) }) else { return nil }
            self = time
        } else {
            return nil
        }
    }

    /// The first of these forms, the only one that is sent.
    package var httpDate: String {
        let time = inCalendar
        let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(time.weekday)]
        let month = Self.months[Int(time.month) - 1]
        return "\(weekday), \(time.day.padded(to: 2)) \(month) \(time.year.padded(to: 4)) \(time.clock) GMT"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private init?(year: Substring, month: Substring, day: Substring, time: Substring) {
        let parts = time.split(separator: ":").compactMap { Int32($0) }
        guard let year = Int32(year), let month = Self.months.firstIndex(of: String(month)), let day = Int32(day),
            parts.count == 3, (1...31).contains(day), parts[0] < 24, parts[1] < 60, parts[2] <= 60
        else { return nil }
        var fields = tm()
        fields.tm_year = year - 1900
        fields.tm_mon = Int32(month)
        fields.tm_mday = day
        fields.tm_hour = parts[0]
        fields.tm_min = parts[1]
        fields.tm_sec = parts[2]
        self.init(milliseconds: Int64(timegm(&fields)) * 1000)
    }
}

extension Timestamp {
    /// The system clock. It is read here and nowhere else; all other code is passed the time.
    @Sendable package static func now() -> Timestamp {
        // Cannot overflow: the kernel's clock ends in the year 2262.
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
