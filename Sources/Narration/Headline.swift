import Ledger
import Payments

/// An entity's state in one sentence, and the facts that belong to it.
struct Headline {
    private let history: History
    private let colours: Bool

    init(_ history: History, colours: Bool) {
        self.history = history
        self.colours = colours
    }

    private var row: ViewRow { history.subject }

    var sentence: String {
        let name = "\(Terminal.harmless(history.entity.id)) at \(history.account) (\(history.gateway))"
        let status = row.word("status").map { "«\($0)»" }
        let sum = row.money("amount_minor")
        let verb = State(rawValue: row.text("state"))?.verb ?? "is"
        switch history.entity {
        case .payment, .operation:
            let stands = [Terminal.coloured(row.text("state"), in: colours), status.map { "(\($0))" }]
            guard row.text("state") != State.unknown.rawValue || status != nil || sum != nil else {
                return "Nothing is known about \(name) yet."
            }
            let money = ([sum ?? "the amount is not known yet"] + moved).joined(separator: ", ")
            return "\(name) \(verb) \(stands.compactMap(\.self).joined(separator: " ")): \(money)."
        case .checkout:
            let stands = [Terminal.coloured(row.text("state"), in: colours), status.map { "(\($0))" }]
            let silence = row.number("expired") == 1 ? "not paid in time" : "not paid yet"
            let fate = row.word("payment_id").map { "it led to payment \($0)" } ?? silence
            return "Checkout \(name) \(verb) \(stands.compactMap(\.self).joined(separator: " ")): "
                + [sum, fate].compactMap(\.self).joined(separator: ", ") + "."
        case .subscription:
            let facts = [row.word("plan"), sum, row.word("payment_id").map { "its last payment is \($0)" }]
            let details = facts.compactMap(\.self).joined(separator: ", ")
            return "Subscription \(name) is \(status ?? "not known yet")\(details.isEmpty ? "" : ": \(details)")."
        }
    }

    /// How much of the amount was captured, and how much went back; a payment that was captured whole and stays so just
    /// says that nothing was refunded.
    private var moved: [String] {
        let captured = row.number("captured_minor")
        let parts = [
            (captured == row.number("amount_minor") ? 0 : captured ?? 0, "of it captured"),
            (row.number("refunded_minor") ?? 0, "of it refunded"),
            (row.number("charged_back_minor") ?? 0, "of it charged back"),
            (row.number("paid_out_minor") ?? 0, "paid out"),
        ].filter { $0.0 > 0 }
        let isPaidWhole = parts.isEmpty && State(rawValue: row.text("state")) == .succeeded && captured ?? 0 > 0
        return isPaidWhole
            ? ["nothing refunded"] : parts.map { "\(AmountText.text($0.0, row.word("currency"))) \($0.1)" }
    }

    /// Further facts, each with its label.
    var facts: [(label: String, text: String)] {
        let isOwnName = row.text("reference") == history.entity.id
        let facts: [(String, String?)] = [
            ("paid", purpose == .purchase ? (row.number("paid") == 1 ? "yes" : "no") : nil),
            ("purpose", purpose.flatMap { $0 == .purchase || $0 == .unknown ? nil : $0.rawValue }),
            ("your reference", isOwnName ? nil : row.word("reference")),
            ("checkout", row.word("checkout_token")),
            ("kind", joined(row.word("type"), row.word("method"))),
            ("result", joined(row.word("code"), row.word("message"))),
            ("your amount", row.money("initial_amount_minor")),
            ("surcharge", row.money("surcharge_minor")),
            ("you expect", expectation),
            ("test", row.number("test") == 1 ? "yes, no real money moves" : nil),
        ]
        return facts.compactMap { label, text in text.map { (label: label, text: $0) } }
    }

    /// Further facts, one per line.
    func facts(width: Int) -> [String] {
        var lines = facts.flatMap { label, text in
            Paragraph(label: "  \(label.padded(to: 16))", text: text).lines(width: width)
        }
        if history.operations.count > 1 {
            lines += ["", "Operations"] + operations(width: width)
        }
        return lines
    }

    /// A table of the operations; where the lines are too short for one, a paragraph about each.
    private func operations(width: Int) -> [String] {
        let table = Table.of(operations: history.operations)
        let isTooWide = table.text(colours: false).split(separator: "\n").contains { $0.count > width }
        guard isTooWide else { return [table.text(colours: colours)] }
        return history.operations.flatMap { operation -> [String] in
            let status = operation.word("status").map { " («\($0)»)" } ?? ""
            let facts: [String?] = [
                operation.word("type"), Terminal.coloured(operation.text("state"), in: colours) + status,
                operation.money("amount_minor"), operation.word("code"), operation.word("gateway_updated_at"),
            ]
            let told = Paragraph(label: "    ", text: facts.compactMap(\.self).joined(separator: ", "))
            return ["  \(operation.word("operation_id") ?? "")"] + told.lines(width: width)
        }
    }

    private var purpose: Purpose? { row.word("purpose").flatMap(Purpose.init(rawValue:)) }

    private var expectation: String? {
        let currency = row.word("expected_currency")
        return row.money("expected_amount_minor", in: currency ?? row.word("currency")) ?? currency
    }

    private func joined(_ texts: String?...) -> String? {
        let texts = texts.compactMap(\.self)
        return texts.isEmpty ? nil : texts.joined(separator: ", ")
    }
}
