import ArgumentParser
import Ledger
import Narration

/// `paystate alarms`
struct AlarmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "List open alarms, the newest first.",
        usage: "paystate alarms [OPTIONS]",
        discussion: """
            An alarm is a contradiction that a person should look at. It has a number, and \
            says since when it is open, what it is about and what happened. Times are UTC. \
            The columns of --json are those of the view `anomalies`.

              paystate alarms
              paystate show ORDER-17
              paystate acknowledge 17 --note 'Partial delivery was agreed on.'

            Exits with 0, whether any are open or not.
            """
    )

    @OptionGroup var database: DatabaseOptions

    @Option(help: "Only this account.")
    var account: String?

    @Flag(help: "Also notices, and what is closed, with how it was settled.")
    var all = false

    @OptionGroup var limit: LimitOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() throws {
        let rows = try readingLedger(at: database.location()) { ledger in
            try ledger.expectAccount(account)
            return try ledger.anomalies(openAlarms: !all, account: account, limit: limit.limit)
        }
        guard !json else { return print(try JSONText.of(rows)) }
        guard !rows.isEmpty else { return print(all ? "There are no anomalies." : "No alarms are open.") }
        print(AnomalyList(rows, tellsOutcome: all).text(width: Terminal.width))
        limit.noteIfReached(by: rows.count)
        guard rows.contains(where: { $0.text("closed_at").isEmpty }) else { return }
        print("\n`paystate show PAYMENT` explains one.\n`paystate acknowledge ID --note TEXT` closes one.")
    }
}
