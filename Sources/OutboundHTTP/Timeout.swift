/// Does some work for no longer than somebody is patient: then it is cancelled, and waited for until it has noticed.
///
/// - Returns: `nil` if the time was over first.
package func withTimeout<Output: Sendable>(
    _ timeout: Duration,
    _ work: @escaping @Sendable () async -> Output
) async -> Output? {
    await withTaskGroup(of: Output?.self) { group in
        group.addTask { await work() }
        group.addTask {
            try? await Task.sleep(for: timeout)  // Fails only when cancelled; then nobody wants the result.
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}
