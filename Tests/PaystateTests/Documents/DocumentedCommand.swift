/// A line of a document that calls this program.
struct DocumentedCommand: Sendable, CustomStringConvertible {
    /// The path of the document.
    let document: String
    let line: String
    /// The arguments, up to a comment, a pipe or a redirection.
    let words: [String]

    /// - Returns: nil if the line calls another program.
    init?(_ line: String, in document: String) {
        var words = Self.split(line)
        if words.first == "$" { words.removeFirst() }
        while words.first == "sudo" || words.first == "-u"
            || (words.count > 1 && words.first == "paystate" && words[1] == "paystate")
        {
            words.removeFirst(words.first == "-u" ? 2 : 1)
        }
        guard words.first == "paystate" || words.first == ".build/debug/paystate" else { return nil }
        self.document = document
        self.line = line
        self.words = Array(words.dropFirst())
    }

    var description: String { "\(document): \(line)" }

    private static func split(_ line: String) -> [String] {
        var words: [String] = []
        var (word, quote, hasWord) = ("", Character?.none, false)
        scan: for character in line + " " {
            switch (quote, character) {
            case (let open?, _) where character == open: quote = nil
            case (_?, _): word.append(character)
            case (nil, "'"), (nil, "\""): (quote, hasWord) = (character, true)
            case (nil, "#") where word.isEmpty, (nil, "|"), (nil, ">"), (nil, ";"), (nil, "&"), (nil, "<"): break scan
            case (nil, " "):
                if hasWord || !word.isEmpty { words.append(word) }
                (word, hasWord) = ("", false)
            case (nil, _): word.append(character)
            }
        }
        return words
    }
}
