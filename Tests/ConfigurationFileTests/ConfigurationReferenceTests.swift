import ConfigurationFile
import Foundation
import Testing

/// The table of keys in docs/configuration.md is made of the one that reads the file. `PAYSTATE_WRITE_DOCUMENTS=1` writes it.
@Suite struct ConfigurationReferenceTests {
    private static let file = URL(filePath: #filePath).appending(path: "../../../docs/configuration.md").standardized

    @Test func `the document has the table of all keys`() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let start = try #require(text.range(of: "<!-- keys -->\n"))
        let end = try #require(text.range(of: "<!-- /keys -->"))
        let written = text[start.upperBound..<end.lowerBound]
        let table = "\n\(ConfigurationReference.table)\n\n"
        if ProcessInfo.processInfo.environment["PAYSTATE_WRITE_DOCUMENTS"] != nil, written != table {
            try text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: table)
                .write(to: Self.file, atomically: true, encoding: .utf8)
            return
        }
        #expect(written == table, "run make metadata")
    }

    @Test func `each key is there once, says what it means, and is known to the reader`() {
        let names = ConfigurationKey.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(ConfigurationKey.all.allSatisfy { !$0.meaning.isEmpty && !$0.type.isEmpty && !$0.standard.isEmpty })
    }
}
