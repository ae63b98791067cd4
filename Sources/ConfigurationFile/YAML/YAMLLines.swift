/// The lines of a text as its editor sees them: how far each is indented, and which key it begins with. They serve to
/// explain where YAML went wrong.
struct YAMLLines {
    struct Line {
        /// Counted from 1.
        let number: Int
        /// The number of spaces in front.
        let indentation: Int
        /// Whether a tab follows these spaces.
        let hasTab: Bool
        /// What follows the spaces and tabs.
        let content: Substring
    }

    private let texts: [Substring]

    init(_ text: String) {
        // As libyaml counts lines: CR LF is one character here, and one line break there.
        texts = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// `nil` if there is no such line.
    subscript(number: Int) -> Line? {
        guard texts.indices.contains(number - 1) else { return nil }
        let text = texts[number - 1]
        let rest = text.drop { $0 == " " }
        return Line(
            number: number,
            indentation: text.count - rest.count,
            hasTab: rest.first == "\t",
            content: rest.drop { $0 == " " || $0 == "\t" }
        )
    }

    /// The nearest line above that is neither empty nor a comment.
    func line(above number: Int) -> Line? {
        var number = number - 1
        while number > 0 {
            if let line = self[number], line.isContent { return line }
            number -= 1
        }
        return nil
    }

    /// The lines above that a line may stand beside or below, the nearest first: each is indented less than the one
    /// before.
    func levels(above number: Int) -> [Line] {
        var levels: [Line] = []
        var next = line(above: number)
        while let line = next {
            if line.indentation < (levels.last?.indentation ?? Int.max) { levels.append(line) }
            next = line.indentation == 0 ? nil : self.line(above: line.number)
        }
        return levels
    }
}

extension YAMLLines.Line {
    fileprivate var isContent: Bool { !content.isEmpty && content.first != "#" && !content.hasPrefix("---") }

    /// The key that the line begins with, if it is a plain word. Other words are never shown: one may be a secret.
    var key: Substring? {
        let name = content.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        let rest = content.dropFirst(name.count)
        guard !name.isEmpty, name.count <= 64, rest == ":" || rest.hasPrefix(": ") else { return nil }
        return name
    }

    /// Whether the line's key has a value on the same line.
    var hasValue: Bool {
        guard let key else { return false }
        let value = content.dropFirst(key.count + 1).drop { $0 == " " || $0 == "\t" }
        return !value.isEmpty && value.first != "#"
    }

    var isListItem: Bool { content == "-" || content.hasPrefix("- ") }

    /// Such as «line 3 (`gateway`)».
    var name: String { "line \(number)" + (key.map { " (`\($0)`)" } ?? "") }
}
