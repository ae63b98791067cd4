import ArgumentParser
import ConfigurationFile
import Daemon
import Foundation
import Ledger
import Narration
import Payments

/// `paystate watch`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Expect a payment, and poll it even without callbacks.",
        usage: """
            paystate watch [ACCOUNT] ID [OPTIONS]
            paystate watch [ACCOUNT] --token TOKEN [OPTIONS]
            paystate watch --from FILE.csv [--account ACCOUNT]
            """,
        discussion: """
            An amount or a currency that differs from the expected one opens an alarm. \
            Watching a payment again only changes what is expected.

              paystate watch eu-shop ORDER-17 --amount-minor 5200 --currency EUR
              paystate watch by-shop --token 66331df37e --reference order-9
              paystate watch --from orders.csv

            The first row of a CSV file names its columns: account, one of payment_id, uid \
            and token, and optionally reference, amount_minor and currency. A bad row is \
            reported with its line, and the others are watched; the exit code is then 65.
            """
    )

    @OptionGroup var name: NameOptions

    @Option(help: "Your own name for the payment, used if the gateway gives none.")
    var reference: String?

    @Option(help: "The amount that you expect, in minor units: 5200 for 52.00 EUR.")
    var amountMinor: String?

    @Option(help: "The currency that you expect, such as EUR.")
    var currency: String?

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("Watch the payments in a CSV file; - is standard input.", valueName: "file"),
        completion: .file()
    )
    var file: String?

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func validate() throws {
        guard file != nil else {
            _ = try name.named()
            return
        }
        guard name.words.isEmpty, name.uid == nil, name.token == nil, reference == nil, amountMinor == nil,
            currency == nil
        else { throw ValidationError("with --from, everything is in the file; only --account may be given as well") }
    }

    func run() async throws {
        let configuration = try options.loadPublic()
        if let file { return try await watchList(in: file, configuration) }
        let (account, thing) = try name.named()
        var fields = [
            "account": try configuration.account(
                account,
                orWhereKnown: configuration.entities(named: thing.id) ?? [],
                id: thing.id
            ),
            thing.key.rawValue: thing.id,
        ]
        fields["reference"] = reference
        fields["amount_minor"] = amountMinor
        fields["currency"] = currency
        let request = try InstructionRequest.typed(.watch, fields)
        let (answer, isDaemon) = try await InstructionTarget.with(configuration) { target in
            (try await target.follow(request), target.isDaemon)
        }
        guard !json else { return print(try JSONText.of(answer)) }
        print(answer.isNew ? Self.welcome(answer) : Self.recognition(answer))
        if !isDaemon { print(Self.noDaemon(configuration)) }
    }

    private func watchList(in file: String, _ configuration: Configuration.PublicConfiguration) async throws {
        let account =
            try name.account.map { try configuration.account($0, orWhereKnown: [], id: "") }
            ?? (configuration.accounts.count == 1 ? configuration.accounts.first?.name : nil)
        let source = try CSVSource(file, account: account)
        let (summary, isDaemon) = try await InstructionTarget.with(configuration) { target in
            (try await source.watch(through: target, showsProgress: !json), target.isDaemon)
        }
        if !isDaemon, !json { print(Self.noDaemon(configuration)) }
        print(json ? summary.json : summary.text)
        if let stop = summary.stop {
            printError("stopped at line \(stop.line): \(stop.reason.explanation)")
            printError("run it again: what is already watched stays as it is")
            throw stop.reason.exitCode
        }
        if summary.bad > 0 { throw SysExit.data }
    }

    private static func welcome(_ answer: InstructionAnswer) -> String {
        """
        \(Terminal.harmless(answer.entityID)) at \(answer.account) is watched (\(answer.evidenceID)). Nothing is known \
        about it yet: unless a callback arrives first, it is polled at \(answer.nextPollAt ?? "once").
        """
    }

    private static func recognition(_ answer: InstructionAnswer) -> String {
        let state = answer.state.map { ": it \(State(rawValue: $0)?.verb ?? "is") \($0)" } ?? ""
        return """
            \(Terminal.harmless(answer.entityID)) at \(answer.account) is already known\(state). What you expect of it \
            is recorded (\(answer.evidenceID)).
            """
    }

    private static func noDaemon(_ configuration: Configuration.PublicConfiguration) -> String {
        switch configuration.database {
        case .file(let path):
            """
            No daemon is running, so this was written to \(path) directly; polling begins when a daemon is started.
            """
        case .postgreSQL(let url, _):
            """
            No daemon of this configuration answers, so this was written to \(url) directly; a daemon on that database \
            polls, or the next one that is started.
            """
        }
    }
}
