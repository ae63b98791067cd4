import Daemon
import Ledger
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
            ? ["\(replayed): all is the same, \(whole)."] : ["\(replayed); \(whole) were compared."] + differences
        return (verdict + folded).joined(separator: "\n")
    }

    private var folded: [String] {
        guard findings.folded > 0 else { return [] }
        let payments = Approximate.count(findings.folded, "payment")
        return [
            "\(payments) of these can only be held against their transitions, because bodies have been emptied by retention."
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
                the feed: whoever follows `transitions.seq` \(isMended ? "has" : "would have") to read it anew.
                """
            )
        }
        let total = Approximate.count(findings.count, "difference")
        lines.append(
            isMended
                ? "\(total): what was derived has taken the place of what was stored."
                : "\(total). Nothing was changed; `paystate rebuild` puts it right, with the daemon stopped and a backup made."
        )
        return lines
    }

    private static func shown(_ value: String?, _ difference: Difference) -> String {
        value ?? (difference.column == nil ? "missing" : "NULL")
    }
}
