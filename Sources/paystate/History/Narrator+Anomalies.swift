import Ledger
import Payments

extension Narrator {
    func narrate(raised row: ViewRow, _ event: HistoryEvent) -> String {
        let kind = row.word("kind") ?? ""
        let detail = Self.isTold(kind, by: event) ? "" : row.word("detail").map { ": \($0)" } ?? ""
        if Self.isAlarm(row) { return "Alarm \(kind) raised\(detail)." }
        let isBornClosed = row.text("closed_at") == row.text("opened_at")
        return isBornClosed ? "Notice \(kind) recorded\(detail)." : "Notice \(kind) raised\(detail)."
    }

    /// Whether the text about the evidence already contains the anomaly's detail.
    private static func isTold(_ kind: String, by event: HistoryEvent) -> Bool {
        switch AnomalyKind(rawValue: kind) {
        case .regression, .lateSuccess, .manualCorrection: true
        case .ambiguousSignature: event.evidence.hasPrefix("callback")
        case .undecodable, .foreignAnswer: event.evidence.hasPrefix("poll")
        case .unknownStatus, .unknownType, .amountMismatch, .currencyMismatch, .inconsistentSums, .conflict,
            .unresolved,
            nil:
            false
        }
    }

    private static func isAlarm(_ row: ViewRow) -> Bool { Severity(rawValue: row.text("severity")) == .alarm }

    func narrate(resolved row: ViewRow) -> String {
        let what = Self.isAlarm(row) ? "alarm" : "notice"
        return "This settles the \(what) \(row.word("kind") ?? ""): \(row.word("resolution") ?? "")."
    }
}
