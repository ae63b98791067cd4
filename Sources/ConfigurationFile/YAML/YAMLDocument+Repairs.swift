import Yams

/// Changes to a text before it is parsed again. A repair is made only at a place where Yams has just failed, so it
/// never touches a comment or a text in quotes.
extension YAMLDocument {
    /// The most repairs that are made: each costs another parse.
    static let repairLimit = 20

    /// A mark is this character, a number, and this character again. It is from a private-use area: no key contains it.
    private static let sign: Character = "\u{E000}"

    /// Makes the key at a position differ from its duplicate.
    ///
    /// - Returns: whether there is a key that stays one with a mark in front of it: a scalar does, a list does not.
    static func markKey(in text: inout String, at mark: Mark, number: Int) -> Bool {
        guard var place = index(of: mark, in: text.unicodeScalars),
            !["{", "[", "|", ">", "*"].contains(text.unicodeScalars[place])
        else { return false }
        if ["\"", "'"].contains(text.unicodeScalars[place]) { text.unicodeScalars.formIndex(after: &place) }
        text.unicodeScalars.insert(contentsOf: "\(sign)\(number)\(sign)".unicodeScalars, at: place)
        return true
    }

    static func withoutMark(_ name: String) -> String {
        guard name.first == sign, let end = name.dropFirst().firstIndex(of: sign) else { return name }
        return String(name[name.index(after: end)...])
    }

    /// Puts an IPv6 address that starts with `::` in quotes: within `[ ]`, libyaml takes its colons for YAML syntax.
    static func quoteAddress(in text: inout String, at mark: Mark) -> Bool {
        guard let start = index(of: mark, in: text.unicodeScalars) else { return false }
        let letters = "0123456789abcdefABCDEF:./".unicodeScalars
        let address = text.unicodeScalars[start...].prefix { letters.contains($0) }
        guard address.starts(with: "::".unicodeScalars) else { return false }
        text.unicodeScalars.replaceSubrange(start..<address.endIndex, with: "'\(String(address))'".unicodeScalars)
        return true
    }

    /// Counts lines as libyaml does: CR LF is one line break, and so are a few rarer characters.
    private static func index(of mark: Mark, in scalars: String.UnicodeScalarView) -> String.Index? {
        var line = 1
        var column = 1
        var previous: Unicode.Scalar = " "
        for index in scalars.indices {
            let scalar = scalars[index]
            let isHalf = previous == "\r" && scalar == "\n"
            if ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(previous), !isHalf {
                line += 1
                column = 1
            }
            if line == mark.line, column == mark.column { return index }
            column += 1
            previous = scalar
        }
        return nil
    }
}
