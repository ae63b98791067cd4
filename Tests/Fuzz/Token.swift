/// Pieces of JSON, and of what looks like it, that random bytes would seldom form.
enum Token {
    static func any(using chance: inout some RandomNumberGenerator) -> [UInt8] {
        all[Int.random(in: all.indices, using: &chance)]
    }

    private static let all = (structure + strings + numbers + fields).map { Array($0.utf8) } + notText

    private static let structure = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "[]", "{}", "[[", "]]", "true", "false", "null", "True",
        "nul", "NaN", " ", "\n", "\r", "\t", "\u{B}", "\u{C}", "\u{0}", "\u{FEFF}", "\u{A0}", "//", "/**/", "#",
        "'", ";", "{\"a\":1,\"a\":2}", "\"a\":1,", ",\"\\u0061\":1", "{\"\":",
        String(repeating: "[", count: 63), String(repeating: "]", count: 63),
        String(repeating: "{\"a\":", count: 32), String(repeating: "}", count: 32),
    ]

    private static let strings = [
        "\"\"", "\"a\"", #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\n"#, #"\u0000"#, #"\u0022"#, #"\u005c"#, #"\u003b"#,
        #"\u"#, #"\uFFFF"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\uD800"#, #"\uDBFF\uDFFF"#, #"\uDC00"#,
        #"\uD800\uD800"#, #"\U"#, #"\x41"#, "é", "e\u{301}", "€", "😀", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}",
        "\u{FFFF}", "\u{10FFFF}", "\u{1F}", "\u{2028}",
    ]

    private static let numbers = [
        "0", "-0", "-", "+", ".", "e", "E+", "00", "01", "0.", ".5", "1.0", "1e5", "1E-2", "0e0", "1e400",
        "-1e400", "1e-400", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551616",
        "99999999999999999999999999999999999999999", "0.1234567890123456789012345678901234567890",
    ]

    private static let fields = [
        "\"project_id\":", "\"payment\":", "\"operation\":", "\"operations\":", "\"sum\":", "\"amount\":",
        "\"currency\":", "\"status\":", "\"date\":", "\"signature\":", "\"general\":", "\"transaction\":",
        "\"uid\":", "\"parent_uid\":", "\"tracking_id\":", "\"updated_at\":", "\"2024-03-10T12:26:17+0000\"",
        "\"2024-03-10T12:26:17.123Z\"", "\"success\"", "\"5200\"", "5200", "5200.0", "52e2", "\"EUR\"",
        "\"JPY\"",
    ]

    private static let notText: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
        [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFF], [0xFE, 0xFF],
    ]
}
