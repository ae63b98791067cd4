import Foundation
import Histogram
import Ledger
import Sandbox

/// The daemon under load and the ledger alone, in turn and on one database; and one callback at a time, beside the disk.
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
    /// How many callbacks the database holds before.
    let held: Int

    /// How far a run has come.
    private struct PaymentUpdate {
        /// The first number of the series that was not used yet.
        var next = 0
        /// At least so many callbacks must be in the database.
        var recorded = 0
    }

    func run(in scratch: Scratch) async throws -> CallbacksFigures {
        var course = PaymentUpdate()
        try await fill(scratch.path(BenchAccount.database), &course)
        let (single, disk) = try await single(in: scratch, &course)
        var done: [CallbacksRound] = []
        for number in 1...rounds {
            Progress.say("round \(number) of \(rounds)")
            done.append(try await round(in: scratch, &course))
        }
        return CallbacksFigures(held: held, connections: connections, rounds: done, single: single, disk: disk)
    }

    private func fill(_ database: String, _ course: inout PaymentUpdate) async throws {
        guard held > 0 else { return }
        let ledger = try BenchAccount.openLedger(at: database)
        _ = try await LedgerAlone(account: account, ledger: ledger).record(0..<held, callers: 1024) { recorded in
            Progress.say("filling the database: \(recorded) of \(held)")
        }
        try await ledger.finish()
        course = PaymentUpdate(next: held, recorded: held)
    }

    private func single(in scratch: Scratch, _ course: inout PaymentUpdate) async throws -> (
        FloodReport, disk: Latencies
    ) {
        Progress.say("one callback at a time")
        var disk = try DiskSync.waits(in: scratch.folder)
        let numbers = take(&course, connections: 1)
        let report = try await DaemonProcess.run(daemon, configuration: BenchAccount.configuration(), in: scratch) {
            try await flood($0, numbers, connections: 1)
        }
        course.recorded += report.acknowledged
        disk.add(try DiskSync.waits(in: scratch.folder))
        return (report, disk: Latencies(disk))
    }

    private func round(in scratch: Scratch, _ course: inout PaymentUpdate) async throws -> CallbacksRound {
        let numbers = take(&course, connections: connections)
        let (report, memory) = try await DaemonProcess.run(
            daemon,
            configuration: BenchAccount.configuration(),
            in: scratch
        ) { process in
            (try await flood(process, numbers, connections: connections), try process.peakMemory())
        }
        course.recorded += report.acknowledged
        let ledger = try BenchAccount.openLedger(at: scratch.path(BenchAccount.database))
        try await check(ledger, &course)
        let receipts = course.next..<course.next + report.acknowledged
        course.next = receipts.upperBound
        let alone = try await LedgerAlone(account: account, ledger: ledger).record(receipts, callers: connections)
        course.recorded += alone.recorded
        try await ledger.finish()
        return CallbacksRound(daemon: report, peakMemory: memory, alone: alone)
    }

    /// What was acknowledged is in the database: the number of one more callback tells how many are.
    private func check(_ ledger: Ledger, _ course: inout PaymentUpdate) async throws {
        let another = try await ledger.record(try account.receipt(course.next))
        guard another.callback > course.recorded else {
            throw InvalidRun.lost(acknowledged: course.recorded, recorded: Int(another.callback) - 1)
        }
        course = PaymentUpdate(next: course.next + 1, recorded: Int(another.callback))
    }

    /// The next numbers of the series, enough for a flood.
    private func take(_ course: inout PaymentUpdate, connections: Int) -> Range<Int> {
        let rate = min(Self.mostPerSecond, Self.mostPerSecondAndConnection * Double(connections))
        let start = course.next
        course.next += Int(rate * (duration + Self.warmUp).seconds)
        return start..<course.next
    }

    private func flood(_ process: DaemonProcess, _ numbers: Range<Int>, connections: Int) async throws -> FloodReport {
        try await account.flood(process, numbers, connections: connections, duration: duration, warmUp: Self.warmUp)
    }
}
