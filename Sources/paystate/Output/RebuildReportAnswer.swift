import Ledger

/// The result of deriving a ledger again, for programs: the JSON of `rebuild --json`.
struct RebuildReportAnswer: Encodable {
    private let findings: RebuildReport

    init(_ findings: RebuildReport) {
        self.findings = findings
    }

    private enum CodingKeys: String, CodingKey {
        case callbacks
        case answers
        case instructions
        case payments
        case transitions
        case folded
        case isSame = "same"
        case count
        case renumbered
        case differences
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(findings.callbacks, forKey: .callbacks)
        try container.encode(findings.answers, forKey: .answers)
        try container.encode(findings.instructions, forKey: .instructions)
        try container.encode(findings.payments, forKey: .payments)
        try container.encode(findings.transitions, forKey: .transitions)
        try container.encode(findings.folded, forKey: .folded)
        try container.encode(findings.areNone, forKey: .isSame)
        try container.encode(findings.count, forKey: .count)
        try container.encode(findings.renumbered, forKey: .renumbered)
        try container.encode(findings.differences.map(Row.init), forKey: .differences)
    }

    /// A difference; NULL and missing values are null.
    private struct Row: Encodable {
        let difference: Difference

        private enum CodingKeys: String, CodingKey {
            case table
            case key
            case column
            case stored
            case derived
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(difference.table, forKey: .table)
            try container.encode(difference.key, forKey: .key)
            try container.encode(difference.column, forKey: .column)
            try container.encode(difference.stored, forKey: .stored)
            try container.encode(difference.derived, forKey: .derived)
        }
    }
}
