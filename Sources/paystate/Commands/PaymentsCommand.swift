import ArgumentParser
import Daemon
import Ledger
import Payments
import Telemetry

/// `paystate payments`
struct PaymentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payments",
        abstract: "List payments, the most recently changed first.",
        discussion: """
            The columns of --json are those of the view `payments`.

              paystate payments --state pending --overdue
              paystate payments --json | jq '.[].amount'
            """
    )

    @OptionGroup var database: DatabaseOptions

    @Option(
        help: ArgumentHelp(
            "Only payments in this state: \(State.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "state"
        )
    )
    var state: State?

    @Option(help: "Only this account.")
    var account: String?

    @Flag(help: "Only payments whose next poll is overdue.")
    var overdue = false

    @Option(help: "How many to show at most.")
    var limit = 50

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit takes 1 to 100000") }
    }

    func run() throws {
        let rows = try readingLedger(at: database.path()) { ledger in
            try ledger.payments(
                PaymentFilter(account: account, state: state, isOverdue: overdue, now: .now(), limit: limit)
            )
        }
        guard !json else { return print(try JSONText.of(rows)) }
        guard !rows.isEmpty else { return print("No payments match.") }
        print(Table.of(payments: rows).text(colours: Terminal.showsColours))
        if rows.count == limit { print("The newest \(limit) are shown; --limit shows more.") }
    }
}

extension State: ExpressibleByArgument {}

/// Opens the ledger for reading, and turns errors into messages and exit codes.
func readingLedger<Output>(at path: String, _ work: (LedgerReader) throws -> Output) throws -> Output {
    do {
        return try work(LedgerReader(at: path))
    } catch let error as LedgerError {
        printError("\(error)")
        throw error.exitCode
    }
}
