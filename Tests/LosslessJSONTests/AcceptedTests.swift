import LosslessJSON
import Testing

/// What RFC 8259 requires a parser to accept, without losing anything.
@Suite struct AcceptedTests {
    private static func tree(_ json: String) throws -> Tree {
        Tree(try Document(Array(json.utf8)).root)
    }

    static let structures: [(json: String, tree: Tree)] = [
        ("[]", .array([])),
        ("[[]   ]", .array([.array([])])),
        (" \t\r\n[] \t\r\n", .array([])),
        ("{}", .object([])),
        ("{ \n}", .object([])),
        (" {} ", .object([])),
        ("[ 7 , 8\n]", .array([.number("7"), .number("8")])),
        (#"[null, 5, "5", {}, true, false]"#, .array([.null, .number("5"), .text("5"), .object([]), .true, .false])),
        ("[6,null,null,null,7]", .array([.number("6"), .null, .null, .null, .number("7")])),
        (#"{"k":"v"}"#, .object([.init("k", .text("v"))])),
        (#"{"":[]}"#, .object([.init("", .array([]))])),
        ("{\n\"k\"\t:\r\"v\" }", .object([.init("k", .text("v"))])),
        (#"{"z":1,"a":2,"m":3}"#, .object(["z", "a", "m"].enumerated().map { .init($1, .number("\($0 + 1)")) })),
        (#"{"a":{"a":{"a":1}}}"#, .object([.init("a", .object([.init("a", .object([.init("a", .number("1"))]))]))])),
        (#"[[],{"b":[2]},3]"#, .array([.array([]), .object([.init("b", .array([.number("2")]))]), .number("3")])),
        ("true", .true),
        ("false", .false),
        ("null", .null),
        (" null\n", .null),
        ("\"\"", .text("")),
        (#""alone""#, .text("alone")),
        ("42", .number("42")),
    ]

    @Test(arguments: structures)
    func `a structure is read as it is written`(json: String, tree: Tree) throws {
        #expect(try Self.tree(json) == tree)
    }

    static let numbers = [
        "0", "-0", "7", "-1", "-123", "1234567890", "9007199254740993", "5028800010128225", "18446744073709551616",
        "-99999999999999999999999999999999999999", "0.0", "-0.1", "1.0", "1.10", "123.456789",
        "0.3333333333333333333333333333333333333333", "-0.00000000000000000000000000000000000000000000000000000001",
        "0e1", "0e+1", "0E-1", "0e00", "20e1", "123e45", "1e-2", "1E22", "1E+2", "1E-2", "123.456e78", "0.5e+007",
        "-1.0e+28", "1e400", "-1e9999", "123.4e-10000", "1e00000000000000000000000000000000001",
    ]

    @Test(arguments: numbers)
    func `a number is kept as it is written`(number: String) throws {
        #expect(try Self.tree(number) == .number(number))
        #expect(try Self.tree("[\(number),\n\(number) ]") == .array([.number(number), .number(number)]))
        #expect(try Self.tree(#"{"a":\#(number)}"#) == .object([.init("a", .number(number))]))
    }

    static let strings: [(json: String, text: String)] = [
        (#""plain""#, "plain"),
        (#"" ""#, " "),
        (#""no /*comment*/ // here""#, "no /*comment*/ // here"),
        (#""[{,:}]""#, "[{,:}]"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\\u0041""#, #"\u0041"#),
        (#""\\n\\""#, #"\n\"#),
        ("\"\\\"\"", "\""),
        (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\u0000\u001F\u0022\u005c""#, "\u{0}\u{1F}\"\\"),
        (#""two\u000alines""#, "two\nlines"),
        (#""\u012a\u12AB\uaBcD""#, "\u{12A}\u{12AB}\u{ABCD}"),
        (#""\ud83d\ude00""#, "😀"),
        (#""\uD83D\uDE00\uD834\uDD1E""#, "😀𝄞"),
        (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"),
        (#""\uD7FF\uE000""#, "\u{D7FF}\u{E000}"),
        (#""\uFFFE\uFFFF\uD83F\uDFFE\uDBFF\uDFFE""#, "\u{FFFE}\u{FFFF}\u{1FFFE}\u{10FFFE}"),
        (#""\uFDD0""#, String(decoding: [0xEF, 0xB7, 0x90], as: UTF8.self)),
        (#""\u200b\u2064\u00A0""#, "\u{200B}\u{2064}\u{A0}"),
        ("\"\u{7F}a\u{7F}\"", "\u{7F}a\u{7F}"),
        ("\"\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"", "\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}"),
        ("\"\u{D7FF}\u{E000}\u{1BFFF}\"", "\u{D7FF}\u{E000}\u{1BFFF}"),
        ("\"\u{FEFF}\u{2028}\u{2029}\"", "\u{FEFF}\u{2028}\u{2029}"),
        ("\"Привет, 世界 – 𝄞€é\"", "Привет, 世界 – 𝄞€é"),
        (#""a\u0301é""#, "a\u{301}é"),
    ]

    @Test(arguments: strings)
    func `a string means its characters, as a value and as a key`(json: String, text: String) throws {
        #expect(try Self.tree(json) == .text(text))
        #expect(try Self.tree("{\(json): 0}") == .object([.init(text, .number("0"))]))
    }

    /// The scanner examines eight bytes at once: every offset in them, and every end of the input, is another code
    /// path.
    @Test(arguments: ["\\n", "é", "€", "😀", "\\ud83d\\ude00", "x"])
    func `a string is the same wherever in it a character stands`(character: String) throws {
        let meaning = try #require(Document(Array("\"\(character)\"".utf8)).root.text)
        for before in 0...17 {
            for after in 0...17 {
                let (head, tail) = (String(repeating: "a", count: before), String(repeating: "z", count: after))
                #expect(try Self.tree("\"\(head)\(character)\(tail)\"") == .text(head + meaning + tail))
            }
        }
    }
}
