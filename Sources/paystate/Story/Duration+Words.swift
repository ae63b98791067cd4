import Payments

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
