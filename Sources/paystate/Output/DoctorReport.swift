import Daemon
package import Diagnostics
import Narration
import Telemetry

/// The doctor's findings, for people.
package struct DoctorReport {
    private let findings: [Finding]

    package init(findings: [Finding]) {
        self.findings = findings
    }

    package func text(width: Int, colours: Bool) -> String {
        let lines = findings.flatMap { finding -> [String] in
            let advice = finding.advice.map { advice in
                Paragraph(label: indentation + "→ ", text: Terminal.harmless(advice)).lines(width: width)
            }
            let word = Self.word(of: finding.verdict).padded(to: Self.verdictWidth)
            let label = "\(word)  \(finding.check.padded(to: checkWidth))  "
            var lines = Paragraph(label: label, text: Terminal.harmless(finding.seen)).lines(width: width)
            if colours { lines[0] = Self.coloured(word, as: finding.verdict) + lines[0].dropFirst(word.count) }
            return lines + (advice ?? [])
        }
        return (lines + (lines.isEmpty ? [] : [""]) + [summary]).joined(separator: "\n")
    }

    private var checkWidth: Int { findings.map(\.check.count).max() ?? 0 }

    private var indentation: String { String(repeating: " ", count: Self.verdictWidth + checkWidth + 4) }

    private var summary: String {
        func count(_ verdict: Finding.Verdict) -> Int { findings.count { $0.verdict == verdict } }
        let bad = [(count(.failure), "failure"), (count(.warning), "warning")].filter { $0.0 > 0 }
        guard !bad.isEmpty else { return "Nothing is wrong." }
        return bad.map { Approximate.count($0.0, $0.1) }.joined(separator: ", ") + "."
    }

    private static let verdictWidth = 7

    private static func word(of verdict: Finding.Verdict) -> String {
        switch verdict {
        case .ok: "ok"
        case .skipped: "skipped"
        case .warning: "warning"
        case .failure: "FAILURE"
        }
    }

    private static func coloured(_ word: String, as verdict: Finding.Verdict) -> String {
        let code =
            switch verdict {
            case .ok: 32
            case .skipped: 90
            case .warning: 33
            case .failure: 31
            }
        return "\u{1B}[\(code)m\(word)\u{1B}[0m"
    }
}
