import Foundation

/// JSON for programs, which a terminal may be shown too.
package enum JSONOutput {
    /// A value as JSON in which all characters show as what they are: any other in its strings, such as one that a terminal
    /// obeys or that turns the direction of writing, is escaped, which changes no value.
    package static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        // Outside of strings, and where one begins and ends, all is ASCII.
        return LogEscape.unprintable(in: text)
    }
}
