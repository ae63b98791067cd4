import ArgumentParser
import Foundation
import Ledger
import Payments
import TestSupport

/// `Benchmarks instructions`
struct InstructionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "instructions",
        abstract: "Receives the same callbacks in each run, for a profiler that counts instructions.",
        discussion: """
            Takes signed callbacks through authentication, decoding, judgement and the ledger, on \
            one thread and in transactions of the same size. `make instructions` runs it under \
            valgrind, on a database in memory.
            """
    )

    /// 2026-01-01. Nothing in the bodies or in the ledger depends on when it is run.
    private static let time = Timestamp(milliseconds: 1_767_225_600_000)

    @Option(help: "How many callbacks count.")
    var callbacks = 1000

    @Option(help: "Where the database lies meanwhile. (default: the system's folder for temporary files)")
    var folder: String?

    func validate() throws {
        guard (1...100_000).contains(callbacks) else { throw ValidationError("--callbacks takes 1 to 100000") }
    }

    func run() async throws {
        let folder = try TemporaryFolder(in: folder.map { URL(filePath: $0) })
        defer { folder.remove() }
        let ledger = try BenchAccount.openLedger(at: folder.database)
        let benchmark = InstructionsBenchmark(
            account: try BenchAccount(at: Self.time),
            ledger: ledger,
            callbacks: callbacks
        )
        let bytes = try await benchmark.run()
        try await ledger.finish()
        print("\(callbacks) callbacks of \(bytes / callbacks) bytes")
    }
}
