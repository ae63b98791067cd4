import ArgumentParser
import Ledger

/// `paystate show PAYMENT`
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell why a payment is in its state: its timeline, in words.",
        discussion: """
            PAYMENT is a payment id, the merchant's own reference, an operation id \
            (a uid), or a checkout token. Exits with 66 if there is none.
            """
    )

    @Argument(help: "A payment id, reference, operation id or checkout token.")
    var payment: String

    @OptionGroup var database: DatabaseOptions

    @Option(help: "Look only in this account.")
    var account: String?

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() throws {
        let stories = try readingLedger(at: database.path()) { ledger in
            try ledger.payments(named: payment, account: account).map { row in
                let (id, account) = (row.text("payment_id"), row.text("account"))
                return Story(
                    payment: row,
                    operations: try ledger.operations(of: id, account: account),
                    callbacks: try ledger.callbacks(of: id, account: account),
                    timeline: try ledger.timeline(of: id, account: account)
                )
            }
        }
        guard !stories.isEmpty else {
            complain("no payment is known by «\(Terminal.harmless(payment))»; `paystate payments` lists the newest")
            throw SysExit.noInput
        }
        guard !json else { return print(try JSONText.of(stories)) }
        print(stories.map { $0.text(colours: Terminal.showsColours) }.joined(separator: "\n\n"))
    }
}

/// What is told of one payment.
struct Story {
    let payment: ViewRow
    let operations: [ViewRow]
    let callbacks: [ViewRow]
    let timeline: [ViewRow]

    func text(colours: Bool) -> String {
        var lines = [
            "\(payment.text("payment_id")) at \(payment.text("account")) (\(payment.text("gateway"))) is "
                + Terminal.coloured(payment.text("state"), in: colours)
                + (payment.text("status").isEmpty ? "" : " («\(Terminal.harmless(payment.text("status")))»)")
        ]
        for (label, value) in facts where !value.isEmpty {
            lines.append("  \(label.padded(to: 14)) \(Terminal.harmless(value))")
        }
        if !operations.isEmpty {
            lines.append("\nOperations")
            lines.append(Table.of(operations: operations).text(colours: colours))
        }
        if !callbacks.isEmpty {
            lines.append("\nCallbacks")
            lines.append(Table.of(callbacks: callbacks).text(colours: colours))
        }
        lines.append("\nWhat happened")
        lines.append(Table.of(timeline: timeline).text(colours: colours))
        return lines.joined(separator: "\n")
    }

    private var facts: [(String, String)] {
        let amount = payment.text("amount")
        let money = amount.isEmpty ? payment.text("amount_minor") : amount
        let refunded = payment.text("refunded_minor")
        return [
            ("amount", money.isEmpty ? "" : "\(money) \(payment.text("currency"))"),
            ("refunded", refunded == "0" ? "" : "\(refunded) minor units"),
            ("reference", payment.text("reference")),
            ("type", payment.text("type")),
            ("method", payment.text("method")),
            ("result", [payment.text("code"), payment.text("message")].filter { !$0.isEmpty }.joined(separator: " ")),
            ("last word from", payment.text("last_source")),
            ("asking", payment.text("reconciliation")),
            ("next question", payment.text("next_poll_at")),
            ("anomalies", payment.text("open_anomalies") == "0" ? "" : "\(payment.text("open_anomalies")) open"),
        ]
    }
}
