import Foundation
import Histogram
import Ledger
import Sandbox
import TestSupport

/// Measures the daemon under load and the ledger alone, in turn and on one database; and one callback at a time,
/// compared with the disk.
struct CallbacksBenchmark: Sendable {
    /// More than any daemon acknowledges; a flood that uses them up ends early.
    private static let mostPerSecond = 12_000.0
    private static let mostPerSecondAndConnection = 4_000.0
    private static let warmUp = Duration.seconds(1)

    let daemon: URL
    let account: BenchAccount
    let connections: Int
    /// How long the daemon is measured in each round.
    let duration: Duration
    let rounds: Int
    /// How many callbacks the database already holds.
    let held: Int

    /// The progress of a run.
    private struct Tally {
        /// The first unused number of the series.
        var next = 0
        /// The least number of callbacks that must be in the database.
        var recorded = 0
    }

    func run(in folder: TemporaryFolder) async throws -> CallbacksFigures {
        var progress = Tally()
        try await fill(folder.database, &progress)
        let (single, disk) = try await single(in: folder, &progress)
        var done: [CallbacksRound] = []
        for number in 1...rounds {
            Progress.say("round \(number) of \(rounds)")
            done.append(try await round(in: folder, &progress))
        }
        return CallbacksFigures(held: held, connections: connections, rounds: done, single: single, disk: disk)
    }

    private func fill(_ database: String, _ progress: inout Tally) async throws {
        guard held > 0 else { return }
        let ledger = try BenchAccount.openLedger(at: database)
        _ = try await LedgerAlone(account: account, ledger: ledger).record(0..<held, callers: 1024) { recorded in
            Progress.say("filling the database: \(recorded) of \(held)")
        }
        try await ledger.finish()
        progress = Tally(next: held, recorded: held)
    }

    private func single(in folder: TemporaryFolder, _ progress: inout Tally) async throws -> (
        FloodReport, disk: Latencies
    ) {
        Progress.say("one callback at a time")
        var disk = try DiskSync.waits(in: folder.url)
        let numbers = take(&progress, connections: 1)
        let report = try await DaemonProcess.run(daemon, configuration: BenchAccount.configuration(), in: folder) {
            try await flood($0, numbers, connections: 1)
        }
        progress.recorded += report.acknowledged
        disk.add(try DiskSync.waits(in: folder.url))
        return (report, disk: Latencies(disk))
    }

    private func round(in folder: TemporaryFolder, _ progress: inout Tally) async throws -> CallbacksRound {
        let numbers = take(&progress, connections: connections)
        let (report, memory) = try await DaemonProcess.run(
            daemon,
            configuration: BenchAccount.configuration(),
            in: folder
        ) { process in
            (try await flood(process, numbers, connections: connections), try process.peakMemory())
        }
        progress.recorded += report.acknowledged
        let ledger = try BenchAccount.openLedger(at: folder.database)
        try await check(ledger, &progress)
        let receipts = progress.next..<progress.next + report.acknowledged
        progress.next = receipts.upperBound
        let alone = try await LedgerAlone(account: account, ledger: ledger).record(receipts, callers: connections)
        progress.recorded += alone.recorded
        try await ledger.finish()
        return CallbacksRound(daemon: report, peakMemory: memory, alone: alone)
    }

    /// Checks that everything acknowledged is in the database: the number of one more callback shows how many are.
    private func check(_ ledger: Ledger, _ progress: inout Tally) async throws {
        let another = try await ledger.record(try account.receivedCallback(progress.next))
        guard another.callback > progress.recorded else {
            throw InvalidRun.lost(acknowledged: progress.recorded, recorded: Int(another.callback) - 1)
        }
        progress = Tally(next: progress.next + 1, recorded: Int(another.callback))
    }

    /// The next numbers of the series, enough for a flood.
    private func take(_ progress: inout Tally, connections: Int) -> Range<Int> {
        let rate = min(Self.mostPerSecond, Self.mostPerSecondAndConnection * Double(connections))
        let start = progress.next
        progress.next += Int(rate * (duration + Self.warmUp).seconds)
        return start..<progress.next
    }

    private func flood(_ process: DaemonProcess, _ numbers: Range<Int>, connections: Int) async throws -> FloodReport {
        try await account.flood(process, numbers, connections: connections, duration: duration, warmUp: Self.warmUp)
    }
}
