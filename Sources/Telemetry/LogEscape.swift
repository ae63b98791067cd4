import Foundation
import Logging
import LosslessJSON
import Payments

/// Turns any text into a part of one line that can be parsed again.
package enum LogEscape {
    /// A text as it is, except that characters that would break the line are escaped.
    package static func text(_ text: String) -> String {
        text.unicodeScalars.allSatisfy(\.isPrintable) ? text : escaped(text)
    }

    /// A word as it is; in quotes if spaces, quotes or `=` would leave open where it ends.
    package static func word(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { $0.isPrintable && !" \"=\\".unicodeScalars.contains($0) }
        return isPlain && !word.isEmpty ? word : "\"\(escaped(word))\""
    }

    /// A value as a word; a list or dictionary as JSON, which is one line too.
    static func word(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): word(text)
        case .stringConvertible(let text): word(text.description)
        case .array, .dictionary: json(value)
        }
    }

    static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): json(text)
        case .stringConvertible(let text): json(text.description)
        case .array(let values): "[\(values.map { json($0) }.joined(separator: ","))]"
        case .dictionary(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ","))}"
        }
    }

    /// A JSON string in which every character is visible.
    package static func json(_ text: String) -> String {
        unprintable(in: JSONWriter.string(text))
    }

    /// JSON in whose strings every character is visible.
    package static func unprintable(in json: String) -> String {
        guard !json.unicodeScalars.allSatisfy(\.isPrintable) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            if scalar.isPrintable { result.unicodeScalars.append(scalar) } else { result += escape(scalar) }
        }
        return result
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in "\\u" + unit.padded(to: 4, radix: 16) }.joined()
    }

    /// The escapes of a Swift string literal.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isPrintable: result.unicodeScalars.append(scalar)
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    /// Whether the scalar is visible and stays within its line: not a control character, line end, invisible mark or
    /// change of direction. None of these may get from a gateway's words into a log that people and programs read by
    /// lines.
    package var isPrintable: Bool {
        guard !isASCII else { return 0x20...0x7E ~= value }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        default: return true
        }
    }
}

extension String {
    /// The first so many characters of another program's output, without those that are not visible.
    package func firstPrintable(_ count: Int) -> String {
        String(UnicodeScalarView(unicodeScalars.prefix(count).filter { $0.isPrintable }))
    }
}

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
