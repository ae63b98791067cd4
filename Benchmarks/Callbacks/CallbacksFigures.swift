import Foundation
import Sandbox

/// The results, for people and for programs; people get the medians of the rounds.
struct CallbacksFigures: Sendable {
    let held: Int
    let connections: Int
    let rounds: [CallbacksRound]
    /// One callback at a time.
    let single: FloodReport
    let disk: Latencies

    func table() -> String {
        let waits = rounds.map { Latencies($0.alone.waits) }
        let sample = [
            "\(connections) connections, \(rounds.count) rounds of \(decimal(median { $0.daemon.seconds }, 1)) s, medians;",
            "each callback a new payment, the database held \(held) before",
        ]
        let crowd = [
            row("", "acks/s", "p50 ms", "p99 ms", "peak MiB"),
            row(
                "the daemon",
                decimal(median { $0.daemon.rate }, 0),
                milliseconds(median { Double($0.daemon.latencies.p50) }),
                milliseconds(median { Double($0.daemon.latencies.p99) }),
                decimal(median { Double($0.peakMemory) / 1_048_576 }, 1)
            ),
            row(
                "the ledger alone",
                decimal(median { $0.alone.rate }, 0),
                milliseconds(median(of: waits.map { Double($0.p50) })),
                milliseconds(median(of: waits.map { Double($0.p99) }))
            ),
            row("ratio", decimal(median { $0.ratio }, 2)),
        ]
        let (one, disk) = (single.latencies, disk)
        let alone = [
            row("", "acks/s", "p50 ms", "p99 ms"),
            row("one at a time", decimal(single.rate, 0), milliseconds(Double(one.p50)), milliseconds(Double(one.p99))),
            row("the disk's fdatasync", "", milliseconds(Double(disk.p50)), milliseconds(Double(disk.p99))),
            row("above the disk", "", milliseconds(Double(one.p50) - Double(disk.p50))),
        ]
        return (sample + [""] + crowd + [""] + alone + usedUp).joined(separator: "\n")
    }

    private var usedUp: [String] {
        let isUsedUp = ([single] + rounds.map(\.daemon)).contains { $0.end == .usedUp }
        return isUsedUp ? ["", "The signed callbacks were used up before the time was: some rounds were shorter."] : []
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private func row(_ title: String, _ cells: String...) -> String {
        let padding = { (text: String, width: Int) in String(repeating: " ", count: max(0, width - text.count)) }
        return title + padding(title, 20) + cells.map { padding($0, 10) + $0 }.joined()
    }

    private func median(_ figure: (CallbacksRound) -> Double) -> Double { median(of: rounds.map(figure)) }

    /// The middle one, or the higher one of the two in the middle.
    private func median(of figures: [Double]) -> Double { figures.sorted()[figures.count / 2] }

    private func milliseconds(_ microseconds: Double) -> String { decimal(microseconds / 1000, 2) }

    private func decimal(_ number: Double, _ places: Int) -> String {
        number.formatted(.number.precision(.fractionLength(places)).grouping(.never).locale(Locale(identifier: "en")))
    }
}

extension CallbacksFigures: Encodable {
    private enum CodingKeys: String, CodingKey {
        case held, connections, rounds, single
        case disk = "disk_us"
    }
}
