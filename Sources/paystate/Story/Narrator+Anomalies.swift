import Ledger
import Payments

extension Narrator {
    func tell(raised row: ViewRow, _ occurrence: Occurrence) -> String {
        let kind = row.word("kind") ?? ""
        let detail = Self.isTold(kind, by: occurrence) ? "" : row.word("detail").map { ": \($0)" } ?? ""
        if Self.isAlarm(row) { return "An alarm is raised, \(kind)\(detail)." }
        let isBornClosed = row.text("closed_at") == row.text("opened_at")
        return isBornClosed ? "Noted, \(kind)\(detail)." : "A notice is raised, \(kind)\(detail)."
    }

    /// Whether what happened has been told in the words of the evidence already.
    private static func isTold(_ kind: String, by occurrence: Occurrence) -> Bool {
        switch AnomalyKind(rawValue: kind) {
        case .regression, .lateSuccess, .manualCorrection: true
        case .ambiguousSignature: occurrence.evidence.hasPrefix("callback")
        case .undecodable, .foreignAnswer: occurrence.evidence.hasPrefix("poll")
        case .unknownStatus, .unknownType, .amountMismatch, .currencyMismatch, .inconsistentSums, .conflict,
            .unresolved,
            nil:
            false
        }
    }

    private static func isAlarm(_ row: ViewRow) -> Bool { Severity(rawValue: row.text("severity")) == .alarm }

    func tell(resolved row: ViewRow) -> String {
        let what = Self.isAlarm(row) ? "alarm" : "notice"
        return "This settles the \(what) \(row.word("kind") ?? ""): \(row.word("resolution") ?? "")."
    }
}
