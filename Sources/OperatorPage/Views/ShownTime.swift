import Ledger
import Narration
package import Payments
import Telemetry

/// A time, for `<time>`.
package struct ShownTime {
    /// `2026-11-22T10:00:01.250Z`
    package let iso: String
    /// `2026-11-22 10:00:01 UTC`
    package let text: String

    package init(_ time: Timestamp) {
        iso = time.text
        text = "\(time.day) \(time.clock.prefix(8)) UTC"
    }
}

extension ViewRow {
    func shownTime(_ column: String) -> ShownTime? { time(column).map(ShownTime.init) }
}

extension ShownTime: FrequentView {
    package static let members: Members = ["iso": { $0.iso }, "text": { $0.text }]
}
