import ArgumentParser
import Daemon
import Ledger
import Narration
import Payments
import Telemetry

/// `paystate payments`
struct PaymentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payments",
        abstract: "List payments, the most recently changed first.",
        usage: "paystate payments [OPTIONS]",
        discussion: """
            Shows when each payment changed, what state it is in, its amount and your \
            reference, within the width of the terminal (80 columns where there is none). \
            --wide shows every column in full. Times are UTC. The columns of --json are those \
            of the view `payments`.

              paystate payments --since 2h --state failed
              paystate payments --reference ORDER-17 --wide
              paystate payments --state pending --overdue
              paystate payments --json | jq '.[].amount'
            """
    )

    @OptionGroup var database: DatabaseOptions

    @Option(
        help: ArgumentHelp(
            "Only payments in this state (default: any).",
            valueName: "state"
        )
    )
    var state: State?

    @Option(help: "Only payments of this account (default: all accounts).")
    var account: String?

    @Option(
        help: ArgumentHelp("Only payments with this reference, or of the checkout with this token.", valueName: "ref")
    )
    var reference: String?

    @Option(
        help: ArgumentHelp(
            "Only payments that changed since: 2026-11-27T08:00:00Z, 2026-11-27 (UTC), or how long ago, such as 2h.",
            valueName: "time"
        ),
        transform: startTime
    )
    var since: StartTime?

    @Flag(help: "Only payments whose next poll is overdue.")
    var overdue = false

    @OptionGroup var limit: LimitOptions

    @Flag(help: "Show all columns in full, however wide.")
    var wide = false

    @Flag(help: "Print JSON, for programs.")
    var json = false

    private static func startTime(_ text: String) throws -> StartTime {
        guard let time = StartTime(text) else {
            throw ValidationError("write 2026-11-27T08:00:00Z, 2026-11-27, or how long ago, such as 2h or 7d")
        }
        return time
    }

    func run() throws {
        let now = Timestamp.now()
        let filter = PaymentFilter(
            account: account,
            state: state,
            isOverdue: overdue,
            reference: reference,
            changedSince: since?.timestamp(at: now),
            now: now,
            limit: limit.limit
        )
        let rows = try readingLedger(at: database.location()) { ledger in
            try ledger.expectAccount(account)
            return try ledger.payments(filter)
        }
        guard !json else { return print(try JSONText.of(rows)) }
        guard !rows.isEmpty else { return print("No payments match.") }
        let table = wide ? PaymentTable(whole: rows) : PaymentTable(rows, width: Terminal.width)
        print(table.text(colours: Terminal.showsColours))
        limit.noteIfReached(by: rows.count)
        if table.isShortened { print("Long values are shortened: --wide shows all columns in full.") }
    }
}

extension State: ExpressibleByArgument {}

/// Opens the ledger for reading, and turns errors into messages and exit codes.
func readingLedger<Output>(at location: LedgerLocation, _ work: (LedgerReader) throws -> Output) throws -> Output {
    do {
        return try work(LedgerReader(at: location))
    } catch let error as LedgerError {
        printError("\(error)")
        throw error.exitCode
    }
}
