import UnixSignals

/// Does work that SIGINT and SIGTERM cancel; what it makes of that is its own affair.
package func interruptible<Output: Sendable>(
    _ work: @escaping @Sendable () async throws -> Output
) async throws -> Output {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    return try await withThrowingTaskGroup(of: Output?.self) { tasks in
        tasks.addTask { try await work() }
        tasks.addTask {
            for await _ in signals { break }
            return nil
        }
        while let output = try await tasks.next() {
            tasks.cancelAll()
            if let output { return output }
        }
        throw CancellationError()
    }
}
