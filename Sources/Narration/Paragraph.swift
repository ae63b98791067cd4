/// Text wrapped to a width, with a label in front and a hanging indent.
package struct Paragraph {
    package let label: String
    package let text: String

    package init(label: String, text: String) {
        self.label = label
        self.text = text
    }

    /// The lines, the first after the label. A word that is wider than the line is not broken, and neither is a command
    /// in backticks that fits into a line: it is there to be copied.
    package func lines(width: Int) -> [String] {
        let indent = String(repeating: " ", count: label.count)
        let room = max(20, width - label.count)
        var lines: [String] = []
        var line = ""
        var lineWidth = 0
        for word in words(within: room) {
            let wordWidth = Self.visibleWidth(of: word)
            if lineWidth > 0, lineWidth + 1 + wordWidth > room {
                lines.append(line)
                line = ""
                lineWidth = 0
            }
            line += lineWidth > 0 ? " \(word)" : word
            lineWidth += (lineWidth > 0 ? 1 : 0) + wordWidth
        }
        lines.append(line)
        return lines.enumerated().map { ($0.offset == 0 ? label : indent) + $0.element }
    }

    /// The words of the text. A phrase in backticks counts as one word if it is not wider than a line.
    private func words(within room: Int) -> [Substring] {
        var words: [Substring] = []
        var rest = text.split(separator: " ")[...]
        while let word = rest.popFirst() {
            guard Self.opensOrCloses(word), let end = rest.firstIndex(where: Self.opensOrCloses) else {
                words.append(word)
                continue
            }
            let phrase = text[word.startIndex..<rest[end].endIndex]
            guard Self.visibleWidth(of: phrase) <= room else {
                words.append(word)
                continue
            }
            words.append(phrase)
            rest = rest[(end + 1)...]
        }
        return words
    }

    /// Whether a phrase in backticks begins or ends in a word, but not both.
    private static func opensOrCloses(_ word: Substring) -> Bool { !word.count(where: { $0 == "`" }).isMultiple(of: 2) }

    /// The width of a word as displayed: colour codes take no space.
    private static func visibleWidth(of word: Substring) -> Int {
        var width = 0
        var isColour = false
        for character in word {
            if character == "\u{1B}" { isColour = true }
            if !isColour { width += 1 }
            if isColour, character == "m" { isColour = false }
        }
        return width
    }
}
