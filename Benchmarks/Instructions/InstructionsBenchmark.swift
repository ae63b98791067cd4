import Ledger
import Sandbox

/// Takes callbacks from their bytes to the ledger, as the daemon does: authenticated, decoded, hashed, judged and
/// recorded. All are made beforehand, and each run executes the same instructions.
struct InstructionsBenchmark {
    /// How many callbacks wait for the writer at a time: they are its next transaction.
    private static let callers = 25
    /// Callbacks before those that count, which prepare statements and fill caches: some for each caller.
    private static let warmUp = 8 * callers

    let account: BenchAccount
    let ledger: Ledger
    let callbacks: Int

    /// - Returns: how many bytes the bodies that count have.
    func run() async throws -> Int {
        let bodies = try (0..<Self.warmUp + callbacks).map(account.series.body)
        let (early, counted) = (bodies[..<Self.warmUp], bodies[Self.warmUp...])
        try await withTaskExecutorPreference(InlineExecutor()) {
            try await receive(early)
            countingBoundary("\(callbacks) callbacks are received")
            try await receive(counted)
            countingBoundary("they are recorded")
        }
        return counted.reduce(0) { $0 + $1.count }
    }

    /// Each caller sends its next callback when its last is durable.
    private func receive(_ bodies: ArraySlice<[UInt8]>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for first in bodies.indices.prefix(Self.callers) {
                tasks.addTask {
                    for index in stride(from: first, to: bodies.endIndex, by: Self.callers) {
                        let recorded = try await ledger.record(try account.receivedCallback(of: bodies[index]))
                        guard !recorded.isDuplicate else { throw InvalidRun.duplicate }
                    }
                }
            }
            try await tasks.waitForAll()
        }
    }
}

/// The beginning and the end of what counts: Tests/instructions/count.py has valgrind write down what it has counted
/// whenever this function, which it finds by its name, is entered.
@inline(never)
private func countingBoundary(_ text: String) {
    Progress.say(text)
}
