import Foundation
import Gateways
import Payments
import Testing

/// The status words that the document for operators lists are those of the code (docs/evidence-rules.md).
@Suite struct DocumentedWordsTests {
    private static let file = URL(filePath: #filePath).appending(path: "../../../docs/evidence-rules.md").standardized

    @Test func `the document has the words of ecommpay's payments, each under its state`() throws {
        try Self.compare(Ecommpay.paymentWords.meanings, after: "EcommpayWords.swift")
    }

    @Test func `the document has the words of eComCharge's transactions, each under its state`() throws {
        try Self.compare(EComCharge.transactionWords.meanings, after: "EComChargeWords.swift")
    }

    private static func compare(_ known: [String: State], after source: String) throws {
        let documented = try words(after: source)
        for (word, state) in known {
            #expect(documented[word] == state, "\(word) is not in the row \(state.rawValue) of the document")
        }
        for word in documented.keys {
            #expect(known[word] != nil, "\(word) is in the document, and not in \(source)")
        }
    }

    /// The words of the first table after the name of a file, each with the state of its row, as `Words` keeps them.
    private static func words(after source: String) throws -> [String: State] {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let name = try #require(text.range(of: source))
        let lines = text[name.upperBound...].split(separator: "\n")
        let rows = lines.drop { !$0.hasPrefix("| `") }.prefix { $0.hasPrefix("| `") }
        var words: [String: State] = [:]
        for row in rows {
            let quoted = row.matches(of: /`([^`]+)`/).map { String($0.1) }
            let state = try #require(quoted.first.flatMap { State(rawValue: $0) })
            for word in quoted.dropFirst() { words[word.lowercased().replacing("_", with: " ")] = state }
        }
        return words
    }
}
