import Ledger
import Narration
import Payments
import Telemetry

/// A time, for `<time>`.
struct ShownTime {
    /// `2026-11-22T10:00:01.250Z`
    let iso: String
    /// `2026-11-22 10:00:01 UTC`
    let text: String

    init(_ time: Timestamp) {
        iso = time.text
        text = "\(time.day) \(time.clock.prefix(8)) UTC"
    }
}

extension ViewRow {
    func shownTime(_ column: String) -> ShownTime? { time(column).map(ShownTime.init) }
}
