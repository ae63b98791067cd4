extension Tree {
    /// The value as JSON in one of its many spellings: any whitespace, any escapes.
    func written(using chance: inout some RandomNumberGenerator) -> [UInt8] {
        switch self {
        case .object(let members):
            var json: [[UInt8]] = []
            for member in members {
                let key = Tree.string(member.key).written(using: &chance) + Tree.whitespace(using: &chance)
                let value = Tree.whitespace(using: &chance) + member.value.written(using: &chance)
                json.append(key + [UInt8(ascii: ":")] + value)
            }
            return Tree.enclosed("{", json, "}", using: &chance)
        case .array(let elements):
            return Tree.enclosed("[", elements.map { $0.written(using: &chance) }, "]", using: &chance)
        case .string(let text):
            let characters = String(decoding: text, as: UTF8.self).unicodeScalars
            let spelled = characters.map { Tree.spelling($0, using: &chance) }.joined()
            return Array("\"\(spelled)\"".utf8)
        case .number(let written): return written
        case .true: return Array("true".utf8)
        case .false: return Array("false".utf8)
        case .null: return Array("null".utf8)
        }
    }

    private static func enclosed(
        _ open: String,
        _ parts: [[UInt8]],
        _ close: String,
        using chance: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let spaced = parts.map { whitespace(using: &chance) + $0 + whitespace(using: &chance) }
        let empty = parts.isEmpty ? whitespace(using: &chance) : []
        return Array(open.utf8) + empty + spaced.joined(separator: ",".utf8) + Array(close.utf8)
    }

    private static func whitespace(using chance: inout some RandomNumberGenerator) -> [UInt8] {
        guard Int.random(in: 0..<4, using: &chance) == 0 else { return [] }
        let length = Int.random(in: 1...9, using: &chance)
        return (0..<length).map { _ in " \n\r\t".utf8.randomElement(using: &chance) ?? 0x20 }
    }

    private static func spelling(
        _ character: Unicode.Scalar,
        using chance: inout some RandomNumberGenerator
    ) -> String {
        let short: [Unicode.Scalar: String] = [
            "\"": #"\""#, "\\": #"\\"#, "/": #"\/"#, "\u{8}": #"\b"#, "\u{C}": #"\f"#, "\n": #"\n"#, "\r": #"\r"#,
            "\t": #"\t"#,
        ]
        let needsEscape = character.value < 0x20 || character == "\"" || character == "\\"
        switch Int.random(in: needsEscape ? 0..<2 : 0..<6, using: &chance) {
        case 0: return short[character] ?? unicodeEscape(character, isUppercase: true)
        case 1: return unicodeEscape(character, isUppercase: Bool.random(using: &chance))
        default: return String(character)
        }
    }

    private static func unicodeEscape(_ character: Unicode.Scalar, isUppercase: Bool) -> String {
        String(character).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: isUppercase)
            return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
