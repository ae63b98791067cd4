import Daemon
import Foundation
import Ledger
import Payments

/// Rows for a program: JSON, with the columns in the order of the view.
enum JSONText {
    static func of(_ rows: [ViewRow]) throws -> String {
        "[" + (try rows.map(of).joined(separator: ",\n ")) + "]"
    }

    static func of(_ chronicles: [Chronicle]) throws -> String {
        let stories = try chronicles.map { chronicle in
            """
            {"\(chronicle.entity.kind)": \(try of(chronicle.subject)),
             "operations": \(try of(chronicle.operations)),
             "callbacks": \(try of(chronicle.callbacks)),
             "polls": \(try of(chronicle.polls)),
             "instructions": \(try of(chronicle.instructions)),
             "timeline": \(try of(chronicle.timeline))}
            """
        }
        return "[" + stories.joined(separator: ",\n") + "]"
    }

    /// What came of `poll`: the instruction, the question that was put, and how things stand now.
    static func of(_ answer: InstructionAnswer, poll: ViewRow?, _ chronicle: Chronicle?) throws -> String {
        let none = "null"
        return """
            {"instruction": \(try of(answer)),
             "poll": \(try poll.map(of) ?? none),
             "\(chronicle?.entity.kind ?? answer.entity)": \(try chronicle.map { try of($0.subject) } ?? none)}
            """
    }

    static func of(_ value: some Encodable) throws -> String {
        try JSONOutput.text(of: value)
    }

    private static func of(_ row: ViewRow) throws -> String {
        let members = try row.columns.map { column in "\(try of(column.name)): \(try of(column.value))" }
        return "{" + members.joined(separator: ", ") + "}"
    }

    private static func of(_ value: ViewRow.Value) throws -> String {
        switch value {
        case .null: "null"
        case .integer(let number): String(number)
        case .text(let text): try of(text)
        }
    }
}
