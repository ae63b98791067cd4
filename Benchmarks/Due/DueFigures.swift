import Foundation
import Sandbox

/// The results, for people.
struct DueFigures: Sendable {
    let overdue: Int
    let questions: Int
    /// The time to find the next poll.
    let search: Latencies
    let asked: Int
    let asking: Duration
    /// The daemon's memory while it polls, second by second, in bytes.
    let memory: [Int]
    /// Callbacks with hardly any polling.
    let quiet: FloodReport
    /// Callbacks with as much polling as is allowed.
    let busy: FloodReport

    func table() -> String {
        let curve = memory.map { decimal(Double($0) / 1_048_576, 1) }.joined(separator: " ")
        return """
            \(overdue) overdue payments
            the next is found in      p50 \(milliseconds(search.p50)) ms, p99 \(milliseconds(search.p99)) ms, \
            at most \(milliseconds(search.max)) ms
            asked a second            \(decimal(Double(asked) / asking.seconds, 0)) of \(questions) allowed
            memory while asking, MiB  \(curve)
            callbacks meanwhile       \(row(busy))
            callbacks without         \(row(quiet))
            ratio of p99              \(decimal(Double(busy.latencies.p99) / Double(max(1, quiet.latencies.p99)), 2))
            """
    }

    private func row(_ report: FloodReport) -> String {
        "\(decimal(report.rate, 0)) acks/s, p50 \(milliseconds(report.latencies.p50)) ms, "
            + "p99 \(milliseconds(report.latencies.p99)) ms"
    }

    private func milliseconds(_ microseconds: UInt64) -> String { decimal(Double(microseconds) / 1000, 2) }

    private func decimal(_ number: Double, _ places: Int) -> String {
        number.formatted(.number.precision(.fractionLength(places)).grouping(.never).locale(Locale(identifier: "en")))
    }
}
