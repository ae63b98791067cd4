import ArgumentParser
import ConfigurationFile
import Daemon
import Ledger
import Telemetry

/// `paystate prune`
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Empty old bodies, and drop old rejected requests, as `retention` says.",
        discussion: """
            The daemon does this by itself once a day; this does it now. Of a callback or \
            an answer that is older than `retention.bodies` only the body is emptied: its \
            digest, verdict and effect stay, so do all transitions, and the same bytes are \
            still recognised. A body stays as long as something open depends on it: its \
            payment, an operation, checkout or subscription is still polled or has held \
            evidence, or an anomaly is open.

            Nothing is pruned for a day after the clock has jumped ahead by more than a \
            day, because it may be wrong, and what is emptied cannot be recovered.

            The file does not become smaller. A backup holds only what is left: put it in \
            the place of the database while the daemon is stopped to get a smaller file.
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

    private static func text(_ answer: PruningAnswer) -> String {
        let emptied =
            answer.bodies == 0
            ? "No body is old enough to be emptied."
            : "\(answer.bodies) bodies were emptied (\(answer.bytes) bytes); digests, verdicts and transitions stay."
        let needed = answer.needed == 0 ? "" : " \(answer.needed) old bodies are still needed."
        return emptied + needed + (answer.rejected == 0 ? "" : "\n\(answer.rejected) rejected requests were dropped.")
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
