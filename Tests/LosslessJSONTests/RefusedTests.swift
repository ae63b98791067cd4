import LosslessJSON
import Testing

/// What RFC 8259 forbids or leaves open, each with the offset of the first wrong byte.
@Suite struct RefusedTests {
    typealias RejectedRequest = (json: String, reason: SyntaxError.Reason, offset: Int)

    static let structures: [RejectedRequest] = [
        ("", .unexpectedEnd, 0),
        (" ", .unexpectedEnd, 1),
        ("[", .unexpectedEnd, 1),
        ("]", .unexpectedByte, 0),
        ("[8", .unexpectedEnd, 2),
        ("[8,", .unexpectedEnd, 3),
        ("[8,]", .unexpectedByte, 3),
        ("[8,,9]", .unexpectedByte, 3),
        ("[,]", .unexpectedByte, 1),
        ("[,8]", .unexpectedByte, 1),
        ("[ , 8]", .unexpectedByte, 2),
        ("[8 9]", .unexpectedByte, 3),
        ("[8:9]", .unexpectedByte, 2),
        ("[8;9]", .unexpectedByte, 2),
        (#"["k": 8]"#, .unexpectedByte, 4),
        ("[8[9]]", .unexpectedByte, 2),
        ("[8}", .unexpectedByte, 2),
        ("[{}", .unexpectedEnd, 3),
        ("[{", .unexpectedEnd, 2),
        ("[*]", .unexpectedByte, 1),
        ("[(8)]", .unexpectedByte, 1),
        ("{", .unexpectedEnd, 1),
        ("{]", .unexpectedByte, 1),
        ("{,", .unexpectedByte, 1),
        ("{[", .unexpectedByte, 1),
        (#"{"k""#, .unexpectedEnd, 4),
        (#"{"k":"#, .unexpectedEnd, 5),
        (#"{"k":8"#, .unexpectedEnd, 6),
        (#"{"k":8,"#, .unexpectedEnd, 7),
        (#"{"k":8,}"#, .unexpectedByte, 7),
        (#"{"k":8,,"l":9}"#, .unexpectedByte, 7),
        (#"{"k"}"#, .unexpectedByte, 4),
        (#"{"k":8,"l"}"#, .unexpectedByte, 10),
        (#"{"k" 8}"#, .unexpectedByte, 5),
        (#"{"k","l"}"#, .unexpectedByte, 4),
        (#"{"k"::8}"#, .unexpectedByte, 5),
        (#"{"k":8 9}"#, .unexpectedByte, 7),
        (#"{"k":8]"#, .unexpectedByte, 6),
        ("{:8}", .unexpectedByte, 1),
        ("{8:8}", .unexpectedByte, 1),
        ("{null:null}", .unexpectedByte, 1),
        ("{k:8}", .unexpectedByte, 1),
        ("{'k':8}", .unexpectedByte, 1),
        ("['k']", .unexpectedByte, 1),
        ("[]]", .trailingContent, 2),
        ("[][]", .trailingContent, 2),
        ("{}}", .trailingContent, 2),
        ("8]", .trailingContent, 1),
        ("8 9", .trailingContent, 2),
        ("\"\"x", .trailingContent, 2),
        (#"{} "k""#, .trailingContent, 3),
        ("[],", .trailingContent, 2),
        ("{}#", .trailingContent, 2),
        ("{}//", .trailingContent, 2),
        ("{}/**/", .trailingContent, 2),
        (#"{"k":/**/8}"#, .unexpectedByte, 5),
        ("// \n8", .unexpectedByte, 0),
        ("<8>", .unexpectedByte, 0),
    ]

    static let strangeBytes: [RejectedRequest] = [
        ("\u{FEFF}8", .unexpectedByte, 0),
        ("\u{FEFF}", .unexpectedByte, 0),
        ("[\u{FEFF}]", .unexpectedByte, 1),
        ("8\u{FEFF}", .trailingContent, 1),
        ("\u{A0}8", .unexpectedByte, 0),
        ("[\u{2060}]", .unexpectedByte, 1),
        ("[\u{2028}]", .unexpectedByte, 1),
        ("[\u{B}]", .unexpectedByte, 1),
        ("[\u{C}]", .unexpectedByte, 1),
        ("[\u{85}]", .unexpectedByte, 1),
        ("[\u{0}]", .unexpectedByte, 1),
        ("8\u{0}", .trailingContent, 1),
        ("8\u{1A}", .trailingContent, 1),
        ("[é]", .unexpectedByte, 1),
        ("{😀}", .unexpectedByte, 1),
    ]

    static let words: [RejectedRequest] = [
        ("[tru]", .unexpectedByte, 4),
        ("[fals]", .unexpectedByte, 5),
        ("[nul]", .unexpectedByte, 4),
        ("tru", .unexpectedEnd, 3),
        ("[True]", .unexpectedByte, 1),
        ("nULL", .unexpectedByte, 1),
        ("truth", .unexpectedByte, 3),
        ("truee", .trailingContent, 4),
        ("[truefalse]", .unexpectedByte, 5),
        ("undefined", .unexpectedByte, 0),
        ("NaN", .unexpectedByte, 0),
        ("nan", .unexpectedByte, 1),
        ("[Inf]", .unexpectedByte, 1),
        ("Infinity", .unexpectedByte, 0),
        ("word", .unexpectedByte, 0),
        (#"[\n]"#, .unexpectedByte, 1),
        (#"[\u0020"k"]"#, .unexpectedByte, 1),
    ]

    static let numbers: [RejectedRequest] = [
        ("-", .unexpectedEnd, 1),
        ("[-]", .number, 2),
        ("[--1]", .number, 2),
        ("[- 1]", .number, 2),
        ("[-NaN]", .number, 2),
        ("[-Infinity]", .number, 2),
        ("[-x]", .number, 2),
        ("[-.5]", .number, 2),
        ("[+5]", .unexpectedByte, 1),
        ("[++5]", .unexpectedByte, 1),
        ("[.5]", .unexpectedByte, 1),
        ("[.-5]", .unexpectedByte, 1),
        ("00", .trailingContent, 1),
        ("[05]", .unexpectedByte, 2),
        ("[-05]", .unexpectedByte, 3),
        ("[5.]", .number, 3),
        ("5.", .unexpectedEnd, 2),
        ("[5.e3]", .number, 3),
        ("[5.-3]", .number, 3),
        ("[0.e1]", .number, 3),
        ("[5.5.5]", .unexpectedByte, 4),
        ("[5.0.]", .unexpectedByte, 4),
        ("[5e]", .number, 3),
        ("5e", .unexpectedEnd, 2),
        ("[5E+]", .number, 4),
        ("[5.5e-]", .number, 6),
        ("[0e+-1]", .number, 4),
        ("[5ee5]", .number, 3),
        ("[5e5.5]", .unexpectedByte, 4),
        ("[5e5e5]", .unexpectedByte, 4),
        ("[0x2A]", .unexpectedByte, 2),
        ("[5_000]", .unexpectedByte, 2),
        ("[5 000]", .unexpectedByte, 3),
        ("[5+5]", .unexpectedByte, 2),
        ("[5a]", .unexpectedByte, 2),
        ("[5.5a-3]", .unexpectedByte, 4),
        ("[5,5.]", .number, 5),
        ("[5", .unexpectedEnd, 2),
        ("5@", .trailingContent, 1),
        ("[５]", .unexpectedByte, 1),
        ("[٣]", .unexpectedByte, 1),
    ]

    @Test(arguments: structures + strangeBytes + words + numbers)
    func `what is not JSON is refused where it stops being so`(json: String, reason: SyntaxError.Reason, offset: Int) {
        #expect(Document.refusal(of: json) == SyntaxError(offset: offset, reason: reason))
    }

    @Test(arguments: [0x80, 0xC3, 0xE9, 0xFF] as [UInt8])
    func `a byte that is not ASCII is refused outside of strings`(byte: UInt8) {
        #expect(Document.refusal(of: [byte]) == SyntaxError(offset: 0, reason: .unexpectedByte))
        #expect(Document.refusal(of: Array("[0".utf8) + [byte]) == SyntaxError(offset: 2, reason: .unexpectedByte))
        #expect(Document.refusal(of: Array("[1e1".utf8) + [byte]) == SyntaxError(offset: 4, reason: .unexpectedByte))
        #expect(Document.refusal(of: Array("[1e".utf8) + [byte]) == SyntaxError(offset: 3, reason: .number))
        #expect(Document.refusal(of: Array(#"["\"#.utf8) + [byte]) == SyntaxError(offset: 2, reason: .escape))
        #expect(Document.refusal(of: Array(#"["\u00"#.utf8) + [byte]) == SyntaxError(offset: 2, reason: .escape))
        #expect(Document.refusal(of: Array("[]".utf8) + [byte]) == SyntaxError(offset: 2, reason: .trailingContent))
    }

    @Test func `JSON in UTF-16 or UTF-32 is refused`() {
        let json = "[\"k\"]"
        let bigEndian = json.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] as [UInt8] }
        let littleEndian = json.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] as [UInt8] }
        let wide = json.utf8.flatMap { [$0, 0, 0, 0] as [UInt8] }
        #expect(Document.refusal(of: bigEndian) == SyntaxError(offset: 0, reason: .unexpectedByte))
        #expect(Document.refusal(of: [0xFE, 0xFF] + bigEndian) == SyntaxError(offset: 0, reason: .unexpectedByte))
        #expect(Document.refusal(of: littleEndian) == SyntaxError(offset: 1, reason: .unexpectedByte))
        #expect(Document.refusal(of: [0xFF, 0xFE] + littleEndian) == SyntaxError(offset: 0, reason: .unexpectedByte))
        #expect(Document.refusal(of: wide) == SyntaxError(offset: 1, reason: .unexpectedByte))
    }

    @Test func `a refusal says what and where`() {
        #expect("\(SyntaxError(offset: 17, reason: .duplicateKey))" == "duplicate key at byte 17")
        #expect("\(SyntaxError(offset: 0, reason: .utf8))" == "invalid UTF-8 at byte 0")
    }
}
