import ArgumentParser
import Daemon
import Foundation
import Gateways
import Payments
import Sandbox
import Telemetry

/// `paystate sandbox flood`
struct FloodCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flood",
        abstract: "Measure how many callbacks a server acknowledges.",
        usage: "paystate sandbox flood [URL] [OPTIONS]",
        discussion: """
            Signs ecommpay callbacks, each about another payment, and sends them as fast as \
            they are acknowledged, over connections that are kept open, one at a time on each. \
            SIGINT ends it early, with the figures so far. Exits with 69 if no measured \
            callback was acknowledged.

            Without options it floods a daemon that runs `paystate serve --example`. Each \
            callback stays in the ledger as a payment: use a database that you can throw away.
            """
    )

    @Argument(help: "The URL to post to: plain HTTP.", transform: target)
    var url = FloodTarget(host: "127.0.0.1", port: 8080, path: "/callbacks/example-ecommpay")

    @Option(help: "The account's project id.")
    var projectID: Int64 = 240

    @Option(help: "The account's secret. Use a made-up one: the list of processes shows it.")
    var secret = "example-secret"

    @Option(help: "A file with the account's secret, instead of --secret. One trailing newline is dropped.")
    var secretFile: String?

    @Option(help: "How many connections to keep open.")
    var connections = 64

    @Option(help: "How long to measure, in seconds.")
    var seconds = 10.0

    @Option(help: "How long to send before measuring, in seconds.")
    var warmUp = 1.0

    @Option(name: .customLong("patience"), help: "How long to wait for an answer, in seconds.")
    var timeout = 5.0

    @Option(help: "How many callbacks to sign; using them up ends the flood (default: 12000 for each second).")
    var callbacks: Int?

    @Flag(help: "Print JSON, for programs.")
    var json = false

    private static func target(_ url: String) throws -> FloodTarget {
        guard let target = FloodTarget(url: url) else {
            throw ValidationError("\(url) is not like http://127.0.0.1:8080/callbacks/example-ecommpay")
        }
        return target
    }

    func validate() throws {
        guard (1...10_000).contains(connections) else { throw ValidationError("--connections takes 1 to 10000") }
        guard (0.1...3600).contains(seconds) else { throw ValidationError("--seconds takes 0.1 to 3600") }
        guard (0...60).contains(warmUp) else { throw ValidationError("--warm-up takes 0 to 60") }
        guard (0.1...60).contains(timeout) else { throw ValidationError("--patience takes 0.1 to 60") }
        guard (1...2_000_000).contains(count) else { throw ValidationError("--callbacks takes 1 to 2000000") }
    }

    func run() async throws {
        let series = CallbackSeries(projectID: projectID, secret: try key(), at: .now())
        var flood = Flood(of: series, numbers: 0..<count, to: url)
        flood.connections = connections
        flood.duration = .seconds(seconds)
        flood.warmUp = .seconds(warmUp)
        flood.timeout = .seconds(timeout)
        do {
            try await flood.knock()
            if let warning = BuildConfiguration.warning { printError(warning) }
            if !json { printError("signing \(count) callbacks") }
            let report = try await interruptible { [flood] in try await flood.run() }
            print(try json ? JSONText.of(report) : text(of: report))
            guard report.acknowledged > 0 else { throw SysExit.unavailable }
        } catch let error as FloodError {
            printError("\(error)")
            throw SysExit.unavailable
        } catch is CancellationError {
            printError("interrupted before anything was sent")
            throw ExitCode.failure
        }
    }

    private var count: Int { callbacks ?? min(2_000_000, Int((seconds + warmUp) * 12_000)) }

    private func key() throws -> Secret {
        guard let secretFile else { return Secret(name: "flood", bytes: Array(secret.utf8)) }
        guard var bytes = FileManager.default.contents(atPath: secretFile) else {
            throw ValidationError("--secret-file \(secretFile) cannot be read")
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return Secret(name: secretFile, bytes: Array(bytes))
    }

    private func text(of report: FloodReport) -> String {
        let ended =
            switch report.end {
            case .time: ""
            case .usedUp where report.seconds == 0:
                ": all \(count) callbacks were used up in the warm-up; --callbacks signs more"
            case .usedUp: ", until all \(count) callbacks were used up; --callbacks signs more"
            case .interrupted: ", until it was interrupted"
            }
        let latencies = report.latencies
        let waits = [
            ("p50", latencies.p50), ("p90", latencies.p90), ("p99", latencies.p99), ("p99.9", latencies.p999),
            ("max", latencies.max),
        ].map { "\($0) \(decimal(Double($1) / 1000, places: 2))" }.joined(separator: "   ")
        var lines = [
            "\(connections) connections, measured for \(decimal(report.seconds, places: 1)) s\(ended)",
            "acknowledged  \(report.acknowledged), \(decimal(report.rate, places: 0)) per second",
        ]
        if report.acknowledged > 0 { lines.append("waits in ms   \(waits)") }
        for (status, count) in report.refused.sorted(by: { $0.key < $1.key }) {
            let advice = status == 403 ? ": see --project-id and --secret" : ""
            lines.append("refused       \(count) with \(status)\(advice)")
        }
        if report.failures > 0 { lines.append("unanswered    \(report.failures)") }
        if report.connectFailures > 0 { lines.append("not connected \(report.connectFailures) times") }
        return lines.joined(separator: "\n")
    }

    private func decimal(_ number: Double, places: Int) -> String {
        number.formatted(.number.precision(.fractionLength(places)).grouping(.never).locale(Locale(identifier: "en")))
    }
}

extension JSONText {
    fileprivate static func of(_ report: FloodReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }
}
