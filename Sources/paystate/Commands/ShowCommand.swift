import ArgumentParser
import Daemon
import Ledger
import Narration
import Payments
import Telemetry

/// `paystate show PAYMENT`
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Explain why a payment is in its state.",
        usage: "paystate show PAYMENT [OPTIONS]",
        discussion: """
            Tells what arrived, what was decided and why, and what happens next. Times are UTC.

              paystate show ORDER-17
              paystate show ORDER-17 --account eu-shop --json

            Exits with 66 if nothing is known by this name.
            """
    )

    @Argument(help: "A payment id, your own reference, an operation id (uid), a checkout token or a subscription id.")
    var payment: String

    @OptionGroup var database: DatabaseOptions

    @Option(help: "Only this account (default: all accounts).")
    var account: String?

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() throws {
        let histories = try readingLedger(at: database.location()) { ledger in
            try ledger.expectAccount(account)
            return try ledger.histories(named: payment, account: account)
        }
        guard !histories.isEmpty else {
            let name = Terminal.harmless(payment)
            printError("nothing is known by the name «\(name)»: `paystate payments` lists the latest payments")
            throw SysExit.noInput
        }
        guard !json else { return print(try JSONText.of(histories)) }
        let stories = histories.map { history in
            Story(history, now: .now()).text(width: Terminal.width, colours: Terminal.showsColours)
        }
        print(stories.joined(separator: "\n\n\n"))
    }
}
