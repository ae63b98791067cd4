import TestSupport

/// Runs histories one after another, each in its own ledger and from its own seed.
enum Histories {
    static let name = "history"
    private static let steps = 120

    /// Runs until the time is over.
    ///
    /// - Returns: how many histories there were.
    static func fuzz(for time: Duration, seed: UInt64) async throws -> Int {
        let end = ContinuousClock.now + time
        var count = 0
        repeat {
            let seed = seed &+ UInt64(count)
            Trap.note("history --seed \(seed)")
            do {
                try await run(seed)
            } catch {
                throw Fault("--target \(name) --seed \(seed): \(error)")
            }
            count += 1
        } while ContinuousClock.now < end
        return count
    }

    private static func run(_ seed: UInt64) async throws {
        let folder = try History.folder()
        do {
            var history = try History(seed: seed, in: folder)
            try await history.run(steps: steps)
            try LedgerOracle(path: folder.database).check()
        } catch {
            throw Fault("\(error)\nThe ledger stays for whoever wants to look: \(folder.path)")
        }
        folder.remove()
    }
}
