import Histogram
import Ledger
import Sandbox

/// The ledger without HTTP: prepared callbacks go straight into it, each caller's next one when its last is durable, as
/// callbacks arrive over kept connections.
struct LedgerAlone {
    struct Figures {
        var recorded = 0
        /// The time in which callbacks were recorded; making them is not counted.
        var duration = Duration.zero
        var waits = Latencies.histogram()

        var rate: Double { Double(recorded) / duration.seconds }
    }

    /// How many callbacks are made before the clock continues: that many fit into memory.
    private static let portion = 16_384

    let account: BenchAccount
    let ledger: Ledger

    /// Records callbacks of the series, and reports after each portion how many there were.
    func record(
        _ numbers: Range<Int>,
        callers: Int,
        progress: (Int) -> Void = { _ in }
    ) async throws -> Figures {
        var figures = Figures()
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.portion) {
            try Task.checkCancellation()
            let receipts = try await receivedCallbacks(start..<min(start + Self.portion, numbers.upperBound))
            let start = ContinuousClock.now
            let waits = try await record(receipts, callers: callers)
            figures.duration += ContinuousClock.now - start
            figures.waits.add(waits)
            figures.recorded += receipts.count
            progress(figures.recorded)
        }
        return figures
    }

    private func receivedCallbacks(_ numbers: Range<Int>) async throws -> [ReceivedCallback] {
        let middle = numbers.lowerBound + numbers.count / 2
        async let first = numbers[..<middle].map(account.receivedCallback)
        async let second = numbers[middle...].map(account.receivedCallback)
        return try await first + second
    }

    private func record(_ receipts: [ReceivedCallback], callers: Int) async throws -> Histogram<UInt64> {
        try await withThrowingTaskGroup(of: Histogram<UInt64>.self) { tasks in
            for caller in 0..<callers {
                tasks.addTask {
                    var waits = Latencies.histogram()
                    for index in stride(from: caller, to: receipts.count, by: callers) {
                        let start = ContinuousClock.now
                        let recorded = try await ledger.record(receipts[index])
                        waits.record((ContinuousClock.now - start).microseconds)
                        guard !recorded.isDuplicate else { throw InvalidRun.duplicate }
                    }
                    return waits
                }
            }
            return try await tasks.reduce(into: Latencies.histogram()) { $0.add($1) }
        }
    }
}

extension LedgerAlone.Figures: Encodable {
    private enum CodingKeys: String, CodingKey {
        case recorded, seconds, rate
        case latencies = "latency_us"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(recorded, forKey: .recorded)
        try members.encode(duration.seconds, forKey: .seconds)
        try members.encode(rate, forKey: .rate)
        try members.encode(Latencies(waits), forKey: .latencies)
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }

    /// The whole microseconds.
    var microseconds: UInt64 { UInt64(max(0, (self / .microseconds(1)).rounded(.down))) }
}
