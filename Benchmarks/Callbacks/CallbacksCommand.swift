import ArgumentParser
import Foundation
import Payments
import Sandbox
import Telemetry

/// `Benchmarks callbacks`
struct CallbacksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callbacks",
        abstract: "Durable acknowledgements a second, beside the ledger alone.",
        discussion: """
            Starts the daemon on a new database and floods it with signed callbacks, each \
            about a payment of its own: first over one connection, beside the disk's own \
            fdatasync; then, in rounds, over many connections, beside as many of the same \
            transactions without HTTP.
            """
    )

    @Option(help: "How long to measure the daemon in each round.")
    var seconds = 10.0

    @Option(help: "How many rounds.")
    var rounds = 3

    @Option(help: "How many connections.")
    var connections = 64

    @Option(help: "How many callbacks the database holds before.")
    var payments = 0

    @OptionGroup var options: DaemonOptions

    @Flag(help: "Print JSON, for programs.")
    var json = false

    func validate() throws {
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 600") }
        guard (1...100).contains(rounds) else { throw ValidationError("--rounds takes 1 to 100") }
        guard (1...4096).contains(connections) else { throw ValidationError("--connections takes 1 to 4096") }
        guard (0...100_000_000).contains(payments) else { throw ValidationError("--payments takes 0 to 100000000") }
    }

    func run() async throws {
        if let warning = BuildConfiguration.warning { Progress.say(warning) }
        let benchmark = CallbacksBenchmark(
            daemon: options.binary,
            account: try BenchAccount(at: Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))),
            connections: connections,
            duration: .seconds(seconds),
            rounds: rounds,
            held: payments
        )
        do {
            let figures = try await interruptible {
                try await options.withFolder { try await benchmark.run(in: $0) }
            }
            print(json ? try figures.json() : figures.table())
        } catch is CancellationError {
            Progress.say("interrupted")
            throw ExitCode.failure
        }
    }
}
