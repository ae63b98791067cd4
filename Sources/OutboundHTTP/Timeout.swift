/// Runs work for no longer than a timeout: after that, the work is cancelled and awaited until it has noticed.
///
/// - Returns: `nil` if the timeout came first.
package func withTimeout<Output: Sendable>(
    _ timeout: Duration,
    _ work: @escaping @Sendable () async -> Output
) async -> Output? {
    await withTaskGroup(of: Output?.self) { group in
        group.addTask { await work() }
        group.addTask {
            try? await Task.sleep(for: timeout)  // Fails only if cancelled; then the result is not needed.
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}
