import ArgumentParser
import Daemon
import Ledger
import Narration
import Telemetry

/// `paystate acknowledge`
struct AcknowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Close an anomaly that you have looked at.",
        usage: "paystate acknowledge ANOMALY --note TEXT",
        discussion: """
            ANOMALY is a number that `paystate alarms` shows: the `id` in the view `anomalies`. \
            The note is kept as its `resolution`, and `paystate show` prints it: write down \
            what you found out, for those who read it in a year. Only new evidence opens the \
            same anomaly again.

              paystate alarms
              paystate acknowledge 17 --note 'Partial delivery was agreed on.'

            Exits with 66 if there is no such anomaly, and with 64 if it is already closed.
            """
    )

    @Argument(help: "The anomaly's number.")
    var anomaly: Int64

    @Option(help: "What you found out: 1 to 1000 characters.")
    var note: String

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() async throws {
        let request = try typed()
        let configuration = try options.loadPublic()
        let answer = try await InstructionTarget.with(configuration) { try await $0.acknowledge(request) }
        print(json ? try JSONText.of(answer) : Self.text(answer))
    }

    private func typed() throws -> AcknowledgementRequest {
        do {
            return try AcknowledgementRequest(anomaly: anomaly, note: note)
        } catch {
            printError("\(error)")
            throw SysExit.usage
        }
    }

    private static func text(_ answer: AcknowledgementAnswer) -> String {
        let subject = answer.paymentID.map { " of \(Terminal.harmless($0))" } ?? ""
        let what = "\(answer.kind)\(subject) at \(answer.account)"
        return "Anomaly \(answer.anomaly) (\(what)) is closed (operator:\(answer.instruction))."
    }
}

extension InstructionTarget {
    fileprivate func acknowledge(_ request: AcknowledgementRequest) async throws(InstructionFailure)
        -> AcknowledgementAnswer
    {
        switch self {
        case .daemon(let client): return try await client.acknowledge(request)
        case .ledger(let ledger, _):
            do {
                return try await ledger.acknowledge(request, at: .now())
            } catch {
                throw InstructionFailure(error)
            }
        }
    }
}
