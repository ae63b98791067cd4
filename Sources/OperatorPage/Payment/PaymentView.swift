import Ledger
import Narration
import Payments

/// The page of a payment: its story, and beside it its money.
struct PaymentView: PageView {
    struct Passage {
        let iso: String
        let clock: String
        let paragraphs: [Phrase]
    }

    struct Day {
        let day: String
        let passages: [Passage]
    }

    struct Sum {
        let label: String
        let number: String
        let currency: String
    }

    struct Fact {
        let label: String
        let text: String
    }

    struct Section {
        let anchor: String
        let heading: String
        let table: TableView?
        let none: String?
    }

    let template = PageTemplate.payment
    let accountHref: String
    let account: String
    let heading: String
    let answer: PaidBadge
    let tone: String
    let word: String
    let sentence: Phrase
    let buttons: [TableView.Button]
    /// To whom `Deliver again` sends.
    let receivers: String?
    let noStory: String?
    let days: [Day]
    let next: [Phrase]
    let sums: [Sum]
    let books: TableView?
    let noBooks: String?
    let facts: [Fact]
    let sections: [Section]
    let masking: String
    let maskingLink: TableView.Link?
    let bodies: [ShownBody]
    let noBodies: String?

    /// - Parameters:
    ///   - targets: the names of the forward targets of its account.
    ///   - story: nil only if the payment was found by one read and not by the next.
    ///   - isConfigured: whether its account still is, so that it can be polled.
    init(
        _ details: PaymentDetails,
        targets: [String],
        story: Story.Parts?,
        bodies: [ShownBody],
        showsPersonal: Bool,
        isConfigured: Bool,
        token: String
    ) {
        let row = details.subject
        let id = row.text("payment_id")
        let account = row.text("account")
        self.account = account
        accountHref = PagePath.list("/payments", [("account", account)])
        heading = id.cut(to: 300)
        answer = PaidBadge(row, anomalies: details.anomalies)
        let badge = Badge(state: row.text("state"))
        (word, tone) = (badge.word, badge.tone)
        sentence = Phrase(story?.headline ?? "")
        func button(_ action: String, _ verb: String) -> TableView.Button {
            TableView.Button(action: PagePath.payment(id, account: account, action), token: token, verb: verb)
        }
        let isDeliverable = !details.forwards.isEmpty && !targets.isEmpty
        buttons =
            (isConfigured ? [button("poll", "Poll now")] : [])
            + (isDeliverable ? [button("deliver", "Deliver again")] : [])
        receivers =
            isDeliverable
            ? "Deliver again: all its callbacks go to \(targets.joined(separator: ", ")), also where they arrived before."
            : nil
        days = Self.days(of: story?.passages ?? [])
        noStory = days.isEmpty ? "Nothing has happened yet." : nil
        next = (story?.next ?? []).map(Phrase.init)
        sums = Self.sums(of: row)
        books = details.entries.isEmpty ? nil : Books(details.entries, of: row).table
        noBooks = details.entries.isEmpty ? "No money has moved." : nil
        facts = (story?.facts ?? []).map { Fact(label: $0.label, text: $0.text.cut(to: 300)) }
        sections = PaymentTables(details).sections
        masking =
            showsPersonal
            ? "Shown with personal data and tokens, which was logged."
            : "What tells of a person, and tokens that serve to charge one, are masked."
        maskingLink =
            showsPersonal
            ? TableView.Link(href: PagePath.payment(id, account: account), name: "Mask them")
            : TableView.Link(
                href: PagePath.payment(id, account: account, nil, [("show", "personal")]),
                name: "Show them (this is logged)"
            )
        self.bodies = bodies
        noBodies = bodies.isEmpty ? "No bodies are kept." : nil
    }

    private static func days(of passages: [Story.Passage]) -> [Day] {
        var days: [(day: String, passages: [Passage])] = []
        for passage in passages {
            let shown = Passage(
                iso: ShownTime(passage.at).iso,
                clock: passage.at.clock,
                paragraphs: passage.paragraphs.map { Phrase($0.cut(to: 4000)) }
            )
            if days.last?.day == passage.at.day {
                days[days.count - 1].passages.append(shown)
            } else {
                days.append((passage.at.day, [shown]))
            }
        }
        return days.map { Day(day: $0.day, passages: $0.passages) }
    }

    private static func sums(of row: ViewRow) -> [Sum] {
        let columns =
            [
                ("asked for", "amount_minor", 1), ("held", "held_minor", 1), ("captured", "captured_minor", 1),
                ("refunded", "refunded_minor", -1), ("charged back", "charged_back_minor", -1),
                ("paid out", "paid_out_minor", -1), ("balance", "balance_minor", 1),
            ] as [(String, String, Int64)]
        return columns.compactMap { label, column, sign in
            guard let minor = row.number(column) else { return nil }
            guard minor != 0 || column == "amount_minor" || column == "balance_minor" else { return nil }
            let sum = ShownMoney(minor.multipliedSaturated(by: sign), row.word("currency"))
            return Sum(label: label, number: sum.number, currency: sum.currency)
        }
    }
}
