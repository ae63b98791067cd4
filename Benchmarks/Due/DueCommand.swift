import ArgumentParser
import Foundation
import Payments
import Sandbox
import Telemetry

/// `Benchmarks due`
struct DueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "due",
        abstract: "Many overdue payments: how fast the next is found, and what asking costs the receiving path.",
        discussion: """
            Fills a ledger with payments of which nothing more was heard, finds the next one \
            again and again, lets the daemon ask a gateway about them as fast as it is \
            allowed to, watching its memory, and floods it with callbacks, once while it \
            asks and once while it hardly does.
            """
    )

    @Option(help: "How many payments are overdue.")
    var overdue = 100_000

    @Option(help: "How many questions a second are allowed.")
    var questions = 500

    @Option(help: "How long each part is measured.")
    var seconds = 10.0

    @OptionGroup var options: DaemonOptions

    func validate() throws {
        guard (1...10_000_000).contains(overdue) else { throw ValidationError("--overdue takes 1 to 10000000") }
        guard (1...10_000).contains(questions) else { throw ValidationError("--questions takes 1 to 10000") }
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 600") }
    }

    func run() async throws {
        if let warning = BuildConfiguration.warning { Progress.say(warning) }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let benchmark = DueBenchmark(
            daemon: options.binary,
            account: try BenchAccount(at: now),
            overdue: overdue,
            questions: questions,
            duration: .seconds(seconds)
        )
        do {
            let figures = try await interruptible {
                try await options.withFolder { try await benchmark.run(in: $0) }
            }
            print(figures.table())
        } catch is CancellationError {
            Progress.say("interrupted")
            throw ExitCode.failure
        }
    }
}
