import Glibc
package import Payments

extension Timestamp {
    /// UTC, as `2026-11-22T10:00:01.250Z`: in the log, in answers, and in the views of the database.
    package var text: String {
        // Rounded down, also before 1970.
        let millisecond = (milliseconds % 1000 + 1000) % 1000
        var time = time_t(milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0))
        var parts = tm()
        gmtime_r(&time, &parts)
        func padded(_ number: Int32, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let clock = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
        return "\(date)T\(clock).\(padded(Int32(millisecond), 3))Z"
    }
}
