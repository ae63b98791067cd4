import Foundation
import Ledger

/// Rows for a program: JSON, with the columns in the order of the view.
enum JSONText {
    static func of(_ rows: [ViewRow]) throws -> String {
        "[" + (try rows.map(of).joined(separator: ",\n ")) + "]"
    }

    static func of(_ stories: [Story]) throws -> String {
        let stories = try stories.map { story in
            """
            {"payment": \(try of(story.payment)),
             "operations": \(try of(story.operations)),
             "callbacks": \(try of(story.callbacks)),
             "timeline": \(try of(story.timeline))}
            """
        }
        return "[" + stories.joined(separator: ",\n") + "]"
    }

    static func of(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
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
