import Foundation

/// JSON for programs that is also safe to show on a terminal.
package enum JSONOutput {
    /// Encodes a value as JSON in which every character is visible: any other in its strings, such as one that controls
    /// the terminal or changes the direction of writing, is escaped, which changes no value.
    package static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        // Everything outside of strings, and each string's quotes, is ASCII.
        return LogEscape.unprintable(in: text)
    }
}
