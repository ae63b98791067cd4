import Daemon
import Foundation
import Ledger
import Payments
import Telemetry

/// Formats rows for programs: JSON, with the columns in the order of the view.
enum JSONText {
    static func of(_ rows: [ViewRow]) throws -> String {
        "[" + (try rows.map(of).joined(separator: ",\n ")) + "]"
    }

    static func of(_ histories: [History]) throws -> String {
        let stories = try histories.map { history in
            """
            {"\(history.entity.kind)": \(try of(history.subject)),
             "operations": \(try of(history.operations)),
             "callbacks": \(try of(history.callbacks)),
             "polls": \(try of(history.polls)),
             "instructions": \(try of(history.instructions)),
             "timeline": \(try of(history.timeline))}
            """
        }
        return "[" + stories.joined(separator: ",\n") + "]"
    }

    /// The result of `poll`: the instruction, the poll that was made, and the current state.
    static func of(_ answer: InstructionAnswer, poll: ViewRow?, _ history: History?) throws -> String {
        let none = "null"
        return """
            {"instruction": \(try of(answer)),
             "poll": \(try poll.map(of) ?? none),
             "\(history?.entity.kind ?? answer.entity)": \(try history.map { try of($0.subject) } ?? none)}
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
