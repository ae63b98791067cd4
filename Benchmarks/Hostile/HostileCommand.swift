import ArgumentParser
import Foundation
import Payments
import Sandbox
import Telemetry

/// `Benchmarks hostile`
struct HostileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile",
        abstract: "What a stranger's bodies, made to be expensive, leave of a gateway's callbacks.",
        discussion: """
            Sends the daemon some fifty callbacks a second, alone, and then while bodies \
            without a right signature come from another address: 60 levels and 1,500 \
            values in 4 KB each.
            """
    )

    @Option(help: "How many hostile bodies a second.")
    var bodies = 100

    @Option(help: "Over how many connections they come.")
    var attackers = 64

    @Option(help: "How long each part is measured.")
    var seconds = 10.0

    @OptionGroup var options: DaemonOptions

    func validate() throws {
        guard (1...100_000).contains(bodies) else { throw ValidationError("--bodies takes 1 to 100000") }
        guard (1...4000).contains(attackers) else { throw ValidationError("--attackers takes 1 to 4000") }
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 600") }
    }

    func run() async throws {
        if let warning = BuildConfiguration.warning { Progress.say(warning) }
        let benchmark = HostileBenchmark(
            daemon: options.binary,
            account: try BenchAccount(at: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))),
            bodies: bodies,
            attackers: attackers,
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
