import Foundation
import Histogram
import Ledger
import Logging
import Payments
import Sandbox
import TestSupport

/// Measures overdue payments: the search for the next one, polling at full rate, and callbacks meanwhile.
struct DueBenchmark: Sendable {
    private static let searches = 500
    private static let connections = 64
    private static let mostPerSecond = 12_000.0
    private static let warmUp = Duration.seconds(1)

    let daemon: URL
    let account: BenchAccount
    let overdue: Int
    /// How many polls a second are allowed.
    let questions: Int
    let duration: Duration

    func run(in folder: TemporaryFolder) async throws -> DueFigures {
        let path = folder.database
        let search = try await search(path)
        return try await GatewayWithoutPayments.run { gateway in
            Progress.say("callbacks, while hardly anything is asked")
            let quiet = try await flood(0, questions: 1, gateway, in: folder)
            Progress.say("asking, \(questions) a second")
            let asking = try await ask(gateway, path, in: folder)
            Progress.say("callbacks, while \(questions) a second are asked")
            let busy = try await flood(1, questions: questions, gateway, in: folder)
            return DueFigures(
                overdue: overdue,
                questions: questions,
                search: search,
                asked: asking.asked,
                asking: asking.time,
                memory: asking.memory,
                quiet: quiet,
                busy: busy
            )
        }
    }

    /// Fills the ledger, and finds the next poll repeatedly.
    private func search(_ path: String) async throws -> Latencies {
        let ledger = try BenchAccount.openLedger(at: path, firstAfter: .zero)
        for start in stride(from: 0, to: overdue, by: 1024) {
            Progress.say("filling the database: \(start) of \(overdue)")
            try await withThrowingDiscardingTaskGroup { tasks in
                for number in start..<min(start + 1024, overdue) {
                    tasks.addTask { _ = try await ledger.record(account.silentReceipt(number)) }
                }
            }
        }
        var waits = Latencies.histogram()
        for _ in 0..<Self.searches {
            let start = ContinuousClock.now
            guard case .poll = try await ledger.due(of: BenchAccount.name, besides: [], at: account.now) else {
                throw InvalidRun.nothingDue
            }
            waits.record((ContinuousClock.now - start).microseconds)
        }
        try await ledger.finish()
        return Latencies(waits)
    }

    private func ask(
        _ gateway: String,
        _ path: String,
        in folder: TemporaryFolder
    ) async throws -> (asked: Int, time: Duration, memory: [Int]) {
        let configuration = BenchAccount.configuration(questions: questions, gateway: gateway)
        return try await DaemonProcess.run(daemon, configuration: configuration, in: folder) { process in
            let ledger = try LedgerReader(at: .file(path: path))
            try await Task.sleep(for: Self.warmUp)
            let before = try ledger.tally().polls
            let start = ContinuousClock.now
            var memory: [Int] = []
            while ContinuousClock.now - start < duration {
                memory.append(try process.memory())
                try await Task.sleep(for: .seconds(1))
            }
            return (try ledger.tally().polls - before, ContinuousClock.now - start, memory)
        }
    }

    private func flood(
        _ turn: Int,
        questions: Int,
        _ gateway: String,
        in folder: TemporaryFolder
    ) async throws -> FloodReport {
        let count = Int(Self.mostPerSecond * (duration + Self.warmUp).seconds)
        let configuration = BenchAccount.configuration(questions: questions, gateway: gateway)
        return try await DaemonProcess.run(daemon, configuration: configuration, in: folder) { process in
            try await account.flood(
                process,
                turn * count..<(turn + 1) * count,
                connections: Self.connections,
                duration: duration,
                warmUp: Self.warmUp
            )
        }
    }
}
