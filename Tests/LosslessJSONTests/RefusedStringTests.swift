import LosslessJSON
import Testing

/// Strings that are not UTF-8, or do not denote text, each with the offset of the first wrong byte.
@Suite struct RefusedStringTests {
    static let strings: [(json: String, reason: SyntaxError.Reason, offset: Int)] = [
        ("\"", .unexpectedEnd, 1),
        (#""k"#, .unexpectedEnd, 2),
        (#"["k]"#, .unexpectedEnd, 4),
        (#"{"k"#, .unexpectedEnd, 3),
        (#""\"#, .unexpectedEnd, 2),
        (#""\""#, .unexpectedEnd, 3),
        (#""\\\""#, .unexpectedEnd, 5),
        (#""\x41""#, .escape, 1),
        (#""\a""#, .escape, 1),
        (#""\'""#, .escape, 1),
        (#""\0""#, .escape, 1),
        (#""\N""#, .escape, 1),
        (#""\U0041""#, .escape, 1),
        ("\"\\\u{9}\"", .escape, 1),
        ("\"\\\n\"", .escape, 1),
        ("\"\\é\"", .escape, 1),
        ("\"12345678\\😀\"", .escape, 9),
        (#""\u""#, .escape, 1),
        (#""\u00""#, .escape, 1),
        (#""\u004""#, .escape, 1),
        (#""\u004"#, .unexpectedEnd, 6),
        (#""\u004g""#, .escape, 1),
        (#""\u 041""#, .escape, 1),
        (#""\u+041""#, .escape, 1),
        (#""\u{41}""#, .escape, 1),
        ("\"\\u００４１\"", .escape, 1),
        ("\"a\nb\"", .controlCharacter, 2),
        ("\"\t\"", .controlCharacter, 1),
        ("\"\u{0}\"", .controlCharacter, 1),
        ("\"\u{1F}\"", .controlCharacter, 1),
        ("\"1234567890\u{1F}\"", .controlCharacter, 11),
        ("{\"a\r\":1}", .controlCharacter, 3),
        (#""\uD800""#, .surrogate, 1),
        (#""ab\uDBFFcd""#, .surrogate, 3),
        (#""\uDC00""#, .surrogate, 1),
        (#""\uDFFF\uD800""#, .surrogate, 1),
        (#""\uD800\uD800\uDC00""#, .surrogate, 1),
        (#""\uD800\uE000""#, .surrogate, 1),
        (#""\uD800\u0041""#, .surrogate, 1),
        (#""\uD800\n""#, .surrogate, 1),
        (#""\uD834 \uDD1E""#, .surrogate, 1),
        (#""\uD834\uDD1E\uDD1E""#, .surrogate, 13),
        (#""\uD800\uDCx0""#, .escape, 7),
        (#""\uD800\x""#, .escape, 7),
        (#""\uD800\"#, .unexpectedEnd, 8),
        (#""\uD800"#, .unexpectedEnd, 7),
        (#"{"\uDEAD":1}"#, .surrogate, 2),
    ]

    @Test(arguments: strings)
    func `a string that means no text is refused`(json: String, reason: SyntaxError.Reason, offset: Int) {
        #expect(Document.refusal(of: json) == SyntaxError(offset: offset, reason: reason))
    }

    static let notUTF8: [(bytes: [UInt8], offset: Int)] = [
        ([0x80], 0),
        ([0xBF], 0),
        ([0xE9], 0),
        ([0xC0, 0xAF], 0),
        ([0xC1, 0xBF], 0),
        ([0xC2, 0x20], 0),
        ([0xC3, 0xC3, 0xA9], 0),
        ([0xE0, 0x80, 0xAF], 0),
        ([0xE0, 0x9F, 0xBF], 0),
        ([0xE2, 0x82, 0x20], 0),
        ([0xE2, 0x28, 0xA1], 0),
        ([0xED, 0xA0, 0x80], 0),
        ([0xED, 0xBF, 0xBF], 0),
        ([0xED, 0xA1, 0x8C, 0xED, 0xBE, 0xB4], 0),
        ([0xF0, 0x80, 0x80, 0x80], 0),
        ([0xF0, 0x8F, 0xBF, 0xBF], 0),
        ([0xF0, 0x9F, 0x98, 0x20], 0),
        ([0xF4, 0x90, 0x80, 0x80], 0),
        ([0xF5, 0x80, 0x80, 0x80], 0),
        ([0xF8, 0x88, 0x80, 0x80, 0x80], 0),
        ([0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF], 0),
        ([0xFE], 0),
        ([0xFF], 0),
        ([0x61, 0xC3, 0xA9, 0x80], 3),
        ([0x61, 0x5C, 0x6E, 0xFF], 3),
    ]

    @Test(arguments: notUTF8)
    func `a string that is not UTF-8 is refused at its first wrong sequence`(bytes: [UInt8], offset: Int) {
        let quote = UInt8(ascii: "\"")
        #expect(Document.refusal(of: [quote] + bytes + [quote]) == SyntaxError(offset: 1 + offset, reason: .utf8))
        let key = Array(#"{"a":1, ""#.utf8) + bytes + Array(#"":2}"#.utf8)
        #expect(Document.refusal(of: key) == SyntaxError(offset: 9 + offset, reason: .utf8))
    }

    @Test func `every control character is refused in a string, and every other ASCII character taken`() throws {
        for byte in 0..<UInt8(0x80) where byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
            for width in 0...9 {
                let filler = [UInt8](repeating: UInt8(ascii: "f"), count: width)
                let json = [UInt8(ascii: "\"")] + filler + [byte] + filler + [UInt8(ascii: "\"")]
                let expected = byte < 0x20 ? SyntaxError(offset: 1 + width, reason: .controlCharacter) : nil
                #expect(Document.refusal(of: json) == expected)
            }
        }
    }
}
