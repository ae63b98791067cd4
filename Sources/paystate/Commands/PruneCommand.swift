import ArgumentParser
import ConfigurationFile
import Daemon
import Ledger
import Telemetry

/// `paystate prune`
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Empty old bodies, and delete old rejected requests.",
        discussion: """
            The daemon does this once a day, as the configuration's `retention` says; this \
            command does it now. Of a callback or an answer that is older than \
            `retention.bodies`, only the body is emptied. Its digest, verdict and effect stay, \
            and so do all transitions; the same bytes are still recognised. A body stays while \
            something open depends on it: while its payment, an operation, checkout or \
            subscription is still polled or has held evidence, or an anomaly is open.

            Nothing is pruned for a day after the clock has jumped ahead by more than a day: \
            it may be wrong, and what is emptied cannot be recovered.

            The file does not become smaller, but a backup of it does. To get a smaller file, \
            replace the database by its backup while the daemon is stopped.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func run() async throws {
        let configuration = try options.loadPublic()
        let answer = try await InstructionTarget.with(configuration) { target in
            try await target.prune(by: configuration.retention.rule)
        }
        print(json ? try JSONText.of(answer) : Self.text(answer))
    }

    static func text(_ answer: PruningAnswer) -> String {
        let emptied =
            switch (answer.bodies, answer.needed) {
            case (0, 0): "There is nothing to empty: no stored body is old enough."
            case (0, _): "Nothing was emptied."
            case (1, _): "1 body was emptied (\(answer.bytes) bytes); its digest, verdict and transitions stay."
            case (let bodies, _):
                "\(bodies) bodies were emptied (\(answer.bytes) bytes); digests, verdicts and transitions stay."
            }
        let needed =
            switch answer.needed {
            case 0: ""
            case 1: " 1 old body is still needed."
            case let bodies: " \(bodies) old bodies are still needed."
            }
        let rejected = Approximate.count(answer.rejected, "old rejected request")
        return emptied + needed + (answer.rejected == 0 ? "" : "\nDeleted \(rejected).")
    }
}

extension InstructionTarget {
    fileprivate func prune(by rule: RetentionPolicy) async throws -> PruningAnswer {
        do {
            switch self {
            case .daemon(let client): return try await client.prune()
            case .ledger(let ledger, _):
                // No other process prunes a ledger that this command holds.
                return PruningAnswer(try await ledger.prune(by: rule, pause: .zero, at: .now()) ?? PruningResult())
            }
        } catch let doubt as ClockDoubt {
            throw InstructionFailure(reason: .unavailable, explanation: "\(doubt)")
        } catch let error as RecordingError {
            throw InstructionFailure(.notRecorded(error))
        }
    }
}
