import Ledger
import Narration
import Payments
import Testing

/// The small phrases that the stories are made of.
@Suite struct WordsTests {
    @Test(arguments: [
        (5200, "EUR", "52.00 EUR"), (5, "EUR", "0.05 EUR"), (-5, "EUR", "-0.05 EUR"), (90, "JPY", "90 JPY"),
        (27_014, "KWD", "27.014 KWD"), (0, "EUR", "0.00 EUR"), (5, "???", "5 minor units of ???"),
        (Int64.min, "EUR", "-92233720368547758.08 EUR"),
    ])
    func `a sum is exact, in the currency's own units`(_ minor: Int64, _ currency: String, _ text: String) {
        #expect(AmountText.text(minor, currency) == text)
    }

    @Test(arguments: [
        (0, "0.0 s"), (234, "0.2 s"), (9999, "9.9 s"), (10_000, "10 seconds"), (54_999, "55 seconds"),
        (60_050, "a minute"), (95_000, "2 minutes"), (3_600_000, "an hour"), (7_200_000, "2 hours"),
        (86_400_000, "a day"), (1_209_600_000, "14 days"), (-5, "0.0 s"), (.max, "106751991167 days"),
    ])
    func `a duration is said as a person would`(_ milliseconds: Int64, _ words: String) {
        #expect(Duration.milliseconds(milliseconds).words == words)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2026-11-22T10:00:01.250Z", 1_795_341_601_250), ("", nil), ("soon", nil),
            ("2147483647-12-31T23:59:59.999Z", .max),
        ] as [(String, Int64?)]
    )
    func `a time of the views is read`(_ text: String, _ milliseconds: Int64?) {
        #expect(Timestamp(viewed: text)?.milliseconds == milliseconds)
    }

    @Test func `lines are broken at spaces, and hang under their beginning`() {
        let paragraph = Paragraph(label: "  1  ", text: "one two three-is-a-word-too-long-for-the-line four five six")
        #expect(
            paragraph.lines(width: 25) == [
                "  1  one two", "     three-is-a-word-too-long-for-the-line", "     four five six",
            ]
        )
    }

    @Test func `a command in backticks is not broken where it fits into a line`() {
        let advice = "please use `paystate poll a b` now, or `paystate poll a quite-a-long-identifier` later"
        #expect(
            Paragraph(label: "  ", text: advice).lines(width: 28) == [
                "  please use", "  `paystate poll a b` now,", "  or `paystate poll a", "  quite-a-long-identifier`",
                "  later",
            ]
        )
        let stray = Paragraph(label: "", text: "one ` alone is only a character")
        #expect(stray.lines(width: 20) == ["one ` alone is only", "a character"])
    }

    @Test func `colours take no room in a line`() {
        let word = "\u{1B}[32msucceeded\u{1B}[0m"
        #expect(Paragraph(label: "", text: "is \(word) and is it").lines(width: 20) == ["is \(word) and is", "it"])
    }

    @Test func `every row of the table has words of its own, for callbacks and for answers`() {
        for isAnswer in [false, true] {
            let words = (0...12).map { RuleExplanation(number: $0).words(of: "payment", isAnswer: isAnswer) }
            #expect(Set(words).count == 13)
            #expect(!words.contains(""))
        }
    }
}
