package import Ledger
import Telemetry

/// Checks whether anything was recorded while the clock ran ahead.
package struct RecordedTimesCheck {
    package static let name = "recorded times"

    package static func finding(_ ahead: FutureTimestamps?) -> Finding {
        guard let ahead else { return Finding(name, .ok, "nothing is dated in the future") }
        func count(_ number: Int, _ noun: String) -> String {
            number < FutureTimestamps.mostCounted ? Approximate.count(number, noun) : "\(number) \(noun)s or more"
        }
        let advice = """
            nothing waits for that time: polls go by the clock as it is now. See why it ran ahead \
            (`timedatectl`, `journalctl -u systemd-timesyncd`, or chrony); until then lists by time show these first
            """
        return Finding(
            name,
            .warning,
            """
            \(count(ahead.callbacks, "callback")) and the last change of \(count(ahead.payments, "payment")) are dated \
            in the future, up to \(ahead.latest.text): the clock ran ahead when they were recorded
            """,
            advice: advice
        )
    }
}
