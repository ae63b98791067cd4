import Foundation
import Sandbox

/// The results, for people.
struct HostileFigures: Sendable {
    let alone: FloodReport
    let attacked: FloodReport
    let attack: FloodReport

    func table() -> String {
        let refused = attack.refused.sorted { $0.key < $1.key }
            .map { "\(decimal(Double($0.value) / attack.seconds, 0))/s answered \($0.key)" }
        return """
            callbacks alone           \(row(alone))
            callbacks under attack    \(row(attacked))
            the attack                \(refused.joined(separator: ", ")), \(attack.failures) without an answer
            """
    }

    private func row(_ report: FloodReport) -> String {
        "\(decimal(report.rate, 1)) acks/s, p50 \(milliseconds(report.latencies.p50)) ms, "
            + "p99 \(milliseconds(report.latencies.p99)) ms, \(report.failures) without an answer"
    }

    private func milliseconds(_ microseconds: UInt64) -> String { decimal(Double(microseconds) / 1000, 2) }

    private func decimal(_ number: Double, _ places: Int) -> String {
        number.formatted(.number.precision(.fractionLength(places)).grouping(.never).locale(Locale(identifier: "en")))
    }
}
