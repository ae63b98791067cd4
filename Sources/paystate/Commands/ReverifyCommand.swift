import ArgumentParser
import ConfigurationFile
import Daemon
import Ledger
import Narration
import Payments
import Telemetry

/// `paystate reverify`
struct ReverifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverify",
        abstract: "Verify rejected callbacks again, with corrected keys.",
        discussion: """
            Requests that the configured keys authenticate now are recorded as callbacks, in \
            their order and with the time of their arrival, and removed from `rejected`. The \
            others stay. This can be repeated safely. A running daemon uses the keys that it \
            has loaded: if those are the old ones, reload it first (systemctl reload paystate).

            A request that needs Basic credentials cannot be verified again, because these are \
            never kept.

              paystate reverify
              paystate reverify --account eu-shop --json
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Only callbacks to this account (default: all accounts).")
    var account: String?

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() async throws {
        let configuration = try options.loadPublic()
        let account = try account.map { try configuration.account($0, orWhereKnown: [], id: "") }
        let answer = try await InstructionTarget.with(configuration) { target in
            try await target.reverify(account, options)
        }
        print(json ? try JSONText.of(answer) : Self.text(answer))
    }

    static func text(_ answer: ReverificationAnswer) -> String {
        let accounts = answer.accounts.filter { $0.judged > 0 }
        guard !accounts.isEmpty else { return "No rejected callback is kept: there is nothing to verify." }
        let hasUnrecorded = accounts.contains { $0.unrecorded > 0 }
        let table = Table(
            titles: ["ACCOUNT", "JUDGED", "PROVED", "DUPLICATES", "REFUSED", "UNJUDGEABLE"]
                + (hasUnrecorded ? ["UNRECORDED"] : []),
            rows: accounts.map { account in
                let counts = [
                    account.judged, account.proved, account.duplicates, account.refused, account.unjudgeable,
                ]
                return [account.account] + (counts + (hasUnrecorded ? [account.unrecorded] : [])).map(String.init)
            },
            stateColumn: nil
        )
        return ([table.text(colours: false)] + advice(accounts)).joined(separator: "\n")
    }

    private static func advice(_ accounts: [ReverificationAnswer.Account]) -> [String] {
        var advice: [String] = []
        if accounts.contains(where: { $0.refused > 0 }) {
            advice.append("What is still rejected is in the view `rejected`, with the reason.")
        }
        if accounts.contains(where: { $0.unjudgeable > 0 }) {
            advice.append(
                "Unjudgeable: it needs Basic credentials, which are never kept, or its account is no longer configured."
            )
        }
        if accounts.contains(where: { $0.unrecorded > 0 }) {
            advice.append("Unrecorded: it is authentic, but the database refused it; please report this.")
        }
        return advice
    }
}

extension InstructionTarget {
    fileprivate func reverify(
        _ account: String?,
        _ options: ConfigurationOptions
    ) async throws -> ReverificationAnswer {
        do {
            switch self {
            case .daemon(let client): return try await client.reverify(ReverificationRequest(account: account))
            case .ledger(let ledger, _):
                // The secrets are needed only here.
                let accounts = try options.load().accounts
                return try await Reverification(ledger, now: Timestamp.now) { accounts }.run(of: account)
            }
        } catch let error as APIError {
            throw InstructionFailure(error)
        }
    }
}
