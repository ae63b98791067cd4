import OperatorPage
import Payments
import Testing

/// The small things that every page is made of.
@Suite struct PageTextTests {
    @Test(arguments: [
        ("<script>", "&lt;script&gt;"), ("\" onfocus='x'", "&quot; onfocus=&#39;x&#39;"), ("a&b", "a&amp;b"),
        // With a mark that makes another character of it.
        ("\"\u{301} onfocus=x", "&quot;\u{301} onfocus=x"), ("<\u{20DD}b", "&lt;\u{20DD}b"),
        ("a\u{202E}b\u{200B}c\u{0}d\u{1B}e", "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e"), ("a\n\tb", "a\n\tb"), ("é", "é"),
    ])
    func `every text is escaped, and what controls others is made visible`(_ text: String, _ html: String) {
        #expect(HTMLText().escapeText(text).unicodeScalars.elementsEqual(html.unicodeScalars))
    }

    @Test(arguments: ["ORDER-17", "a/b", ".", "..", "a?b#c", "100%", "%2e", "имя", "a b+c&d=e", "_"])
    func `a link to any name leads back to it`(_ id: String) {
        let path = PagePath.payment(id, account: "a/b", "poll", [("show", "personal")])
        let parts = path.split(separator: "?", maxSplits: 1)
        let segments = parts[0].split(separator: "/")
        #expect(segments.count == 4)
        #expect(FormFields.decoded(segments[1]) == "a/b")
        let query = FormFields(query: parts.count > 1 ? String(parts[1]) : nil)
        #expect((query.exact("id") ?? FormFields.decoded(segments[2])) == id)
        #expect(query["show"] == "personal")
        #expect(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
        #expect(segments[2] != "." && segments[2] != "..")
    }

    @Test(
        arguments: [
            (5200, "EUR", "52.00", "EUR"), (-1200, "EUR", "−12.00", "EUR"), (27_014, "KWD", "27.014", "KWD"),
            (-90, "JPY", "−90", "JPY"), (.min, "EUR", "−92233720368547758.08", "EUR"),
            (5, "???", "5", "minor units of ???"), (5, nil, "5", "minor units"),
        ] as [(Int64, String?, String, String)]
    )
    func `an amount is exact, with its sign`(_ minor: Int64, _ currency: String?, _ number: String, _ unit: String) {
        let money = ShownMoney(minor, currency)
        #expect(money.number == number)
        #expect(money.currency == unit)
    }

    @Test func `a time is UTC, for people and for programs`() {
        let time = ShownTime(Timestamp(milliseconds: 1_795_341_601_250))
        #expect(time.iso == "2026-11-22T10:00:01.250Z")
        #expect(time.text == "2026-11-22 10:00:01 UTC")
    }

    @Test(
        arguments: [
            ("2026-11-22", 1_795_305_600_000), ("2026-11-22T10:00Z", 1_795_341_600_000),
            ("2026-11-22 10:00:01", 1_795_341_601_000), ("2026-11-22T10:00:01.250Z", 1_795_341_601_250),
            ("2026-13-22", nil), ("2026-02-30", nil), ("yesterday", nil), ("2026-11-22T10", nil), ("", nil),
        ] as [(String, Int64?)]
    )
    func `a time that was typed or picked is read`(_ text: String, _ milliseconds: Int64?) {
        #expect(Timestamp(typed: text)?.milliseconds == milliseconds)
    }

    @Test func `commands in a sentence stand out, and a lone backtick is a character`() {
        let pieces = Phrase("run `paystate doctor` now").pieces
        #expect(pieces.map { $0.code ?? "" } == ["", "paystate doctor", ""])
        #expect(pieces.map { $0.words ?? "" } == ["run ", "", " now"])
        #expect(Phrase("one ` alone").pieces.map { $0.words ?? "" } == ["one ` alone"])
    }

    @Test func `a form is proved by its token alone`() {
        let token = FormToken()
        #expect(token.isProved(by: token.text))
        for wrong in [nil, "", String(token.text.dropLast()), token.text + "0", FormToken().text] {
            #expect(!token.isProved(by: wrong))
        }
        #expect(token.text.utf8.count == 64)
    }

    @Test(arguments: PageMessage.allCases)
    func `each message has words`(_ message: PageMessage) {
        #expect(!message.words.isEmpty)
    }

    @Test(arguments: ["a%00b", "%00", "a\u{0}b", "a%", "%ff"])
    func `a NUL, half an escape and what is not UTF-8 are no text`(_ text: String) {
        #expect(FormFields.decoded(text) == nil)
    }
}
