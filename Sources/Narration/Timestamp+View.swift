package import Payments
import Telemetry

extension Timestamp {
    /// `2026-11-22`
    package var day: String { String(text.prefix(10)) }

    /// `10:00:01.250`
    package var clock: String { String(text.dropFirst(11).prefix(12)) }

    /// The time of day, preceded by the day if that is not the one that the reader has in mind.
    package func clock(on day: String) -> String {
        self.day == day ? clock : "\(self.day) \(clock)"
    }
}

extension Duration {
    /// As a person would say it: `0.2 s`, `45 seconds`, `a minute`, `3 hours`.
    package var words: String {
        let milliseconds = max(0, wholeMilliseconds)
        func count(_ unit: Int64, _ one: String, _ many: String) -> String {
            let number = milliseconds.addingSaturated(unit / 2) / unit
            return number == 1 ? one : "\(number) \(many)"
        }
        return switch milliseconds {
        case ..<10_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        case ..<55_000: count(1000, "a second", "seconds")
        case ..<3_300_000: count(60_000, "a minute", "minutes")
        case ..<84_600_000: count(3_600_000, "an hour", "hours")
        default: count(86_400_000, "a day", "days")
        }
    }
}
