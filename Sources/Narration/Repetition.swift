import Ledger
import Payments

/// Consecutive polls with the same outcome that changed nothing: they are narrated once.
///
/// A gateway that fails for a night would otherwise fill pages.
struct Repetition {
    private let outcome: String
    private(set) var last: (at: Timestamp, words: String)?
    private var count = 0

    /// - Returns: `nil` if the event cannot be repeated.
    init?(of event: HistoryEvent) {
        guard case .poll(let row) = event.kind else { return nil }
        outcome = row.text("outcome")
    }

    /// Adds another poll and returns true, if it has the same outcome and changed nothing.
    mutating func takes(_ event: HistoryEvent, at beginning: Timestamp) -> Bool {
        guard case .poll(let row) = event.kind, row.text("outcome") == outcome, event.isQuiet else {
            return false
        }
        count += 1
        let words =
            count == 1
            ? "Another poll had the same result (\(event.evidence))."
            : "Another \(count) polls had the same result; this was the last of them (\(event.evidence))."
        last = (beginning, words)
        return true
    }
}

extension HistoryEvent {
    fileprivate var isQuiet: Bool { transitions.isEmpty && raised.isEmpty && resolved.isEmpty }
}
