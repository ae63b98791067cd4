/// Text wrapped to a width, with a label in front and a hanging indent.
package struct Paragraph {
    package let label: String
    package let text: String

    package init(label: String, text: String) {
        self.label = label
        self.text = text
    }

    /// The lines, the first after the label. A word that is wider than the line is not broken.
    package func lines(width: Int) -> [String] {
        let indent = String(repeating: " ", count: label.count)
        let room = max(20, width - label.count)
        var lines: [String] = []
        var line = ""
        var lineWidth = 0
        for word in text.split(separator: " ") {
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
