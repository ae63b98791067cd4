import ArgumentParser
import Daemon
import Ledger
import Payments
import Telemetry

/// `paystate show PAYMENT`
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Explain why a payment is in its state: what happened, and what happens next.",
        discussion: """
            PAYMENT is a payment id, the merchant's own reference, an operation id \
            (a uid), a checkout token or a subscription's id. Exits with 66 if there is \
            none. Times are UTC.
            """
    )

    @Argument(help: "A payment id, reference, operation id, checkout token or subscription id.")
    var payment: String

    @OptionGroup var database: DatabaseOptions

    @Option(help: "Look only in this account.")
    var account: String?

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() throws {
        let histories = try readingLedger(at: database.path()) { ledger in
            try ledger.expectAccount(account)
            return try ledger.histories(named: payment, account: account)
        }
        guard !histories.isEmpty else {
            printError("nothing has the name «\(Terminal.harmless(payment))»; `paystate payments` lists the newest")
            throw SysExit.noInput
        }
        guard !json else { return print(try JSONText.of(histories)) }
        let stories = histories.map { history in
            Story(history, now: .now()).text(width: Terminal.width, colours: Terminal.showsColours)
        }
        print(stories.joined(separator: "\n\n\n"))
    }
}
