import LosslessJSON
import Testing

/// Strings that are written as JSON.
@Suite struct JSONWriterTests {
    @Test(arguments: [
        ("", "\"\""), ("ORDER-17", #""ORDER-17""#), ("a\"b", #""a\"b""#), ("a\\b", #""a\\b""#), ("a/b", #""a/b""#),
        ("\n\t\u{0}\u{1F}", #""\u000a\u0009\u0000\u001f""#), ("\u{7F}", "\"\u{7F}\""),
        ("é😀\u{2028}", "\"é😀\u{2028}\""),
        ("e\u{301}", "\"e\u{301}\""),
    ])
    func `only what must be escaped is`(_ text: String, _ json: String) {
        #expect(Array(JSONWriter.string(text).utf8) == Array(json.utf8))
    }

    @Test func `what is written is read as the same text`() throws {
        let scalars = (0...0x2FFF).compactMap { Unicode.Scalar($0 as UInt32) }
        let text = String(String.UnicodeScalarView(scalars)) + "\u{1F600}"
        var bytes = Array("[".utf8)
        JSONWriter.append(text, to: &bytes)
        bytes += Array("]".utf8)
        let read = try Document(bytes).root.elements.compactMap(\.text).first
        #expect(read.map { Array($0.utf8) } == Array(text.utf8))
    }
}
