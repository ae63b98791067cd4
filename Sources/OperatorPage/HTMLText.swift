import Mustache
import Narration

/// How every text gets into the HTML: escaped, and with its control characters visible.
///
/// The library's own escaping looks at characters, and `<` followed by a combining mark is another character than `<`:
/// it would get through. Here each Unicode scalar is looked at.
package struct HTMLText: MustacheContentType {
    /// The name by which each template asks for it, in its first line.
    static let name = "PAYSTATE"

    package init() {}

    package func escapeText(_ text: String) -> String {
        guard !text.utf8.allSatisfy(Self.isPlain) else { return text }
        var html = ""
        html.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "&": html += "&amp;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            case "\n", "\t": html.unicodeScalars.append(scalar)
            default: html.unicodeScalars.append(Terminal.isHarmless(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return html
    }

    /// Whether a byte is a printable character of ASCII that means nothing in HTML. Most texts have no other.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        default: (0x20...0x7E).contains(byte)
        }
    }
}
