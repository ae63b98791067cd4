/// A sentence whose commands, in backticks, are shown as code.
package struct Phrase {
    package struct Piece {
        package let code: String?
        package let words: String?
    }

    package let pieces: [Piece]

    package init(_ text: String) {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        // A backtick without its partner is only a character.
        guard parts.count % 2 == 1 else {
            pieces = [Piece(code: nil, words: text)]
            return
        }
        pieces = parts.enumerated().filter { !$0.element.isEmpty }.map { index, part in
            index % 2 == 1 ? Piece(code: part, words: nil) : Piece(code: nil, words: part)
        }
    }
}

extension String {
    /// The beginning of a text that is too long, with its length: it must not fill the page.
    func cut(to limit: Int) -> String {
        // Each character has a byte at least.
        guard utf8.count > limit, count > limit else { return self }
        return "\(prefix(limit))… (\(count) characters)"
    }
}

extension Phrase.Piece: FrequentView {
    package static let members: Members = ["code": { $0.code }, "words": { $0.words }]
}
