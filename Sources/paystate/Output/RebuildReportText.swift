import Daemon
import Ledger
import Narration
import Telemetry

/// The result of deriving a ledger again, for people.
struct RebuildReportText {
    private let findings: RebuildReport
    private let isMended: Bool

    init(_ findings: RebuildReport, isMended: Bool) {
        self.findings = findings
        self.isMended = isMended
    }

    var text: String {
        let replayed = """
            \(Approximate.count(findings.callbacks, "callback")), \(Approximate.count(findings.answers, "answer")) and \
            \(Approximate.count(findings.instructions, "instruction")) recorded again
            """
        let payments = Approximate.count(findings.payments, "payment")
        let whole = "\(payments) and \(Approximate.count(findings.transitions, "transition"))"
        let verdict =
            findings.areNone
            ? ["\(replayed): \(whole), and nothing differs."] : ["\(replayed); \(whole) were compared."] + differences
        return (verdict + folded).joined(separator: "\n")
    }

    private var folded: [String] {
        guard findings.folded > 0 else { return [] }
        let payments = Approximate.count(findings.folded, "payment")
        return [
            "\(payments) of these can only be compared with their transitions, because retention has emptied bodies."
        ]
    }

    private var differences: [String] {
        var lines: [String] = []
        if findings.count > 0 {
            let rows = findings.differences.map { difference in
                [
                    difference.table, difference.key, difference.column ?? "(the row)",
                    Self.shown(difference.stored, difference), Self.shown(difference.derived, difference),
                ]
            }
            let table = Table(titles: ["TABLE", "OF", "COLUMN", "STORED", "DERIVED"], rows: rows, stateColumn: nil)
            lines += ["", table.text(colours: false)]
            let rest = findings.count - findings.differences.count
            if rest > 0 { lines.append("… and \(rest) more") }
            lines.append("")
        }
        if findings.renumbered > 0 {
            lines.append(
                """
                \(Approximate.count(findings.renumbered, "transition")) \(findings.renumbered == 1 ? "has" : "have") other numbers in \
                the feed: a consumer of `transitions.seq` \(isMended ? "has" : "would have") to read it again.
                """
            )
        }
        let total = Approximate.count(findings.count, "difference")
        lines.append(
            isMended
                ? "\(total): what was stored has been replaced with what was derived."
                : "\(total). Nothing was changed. `paystate rebuild` corrects it: stop the daemon, make a backup."
        )
        return lines
    }

    private static func shown(_ value: String?, _ difference: Difference) -> String {
        value ?? (difference.column == nil ? "missing" : "NULL")
    }
}
