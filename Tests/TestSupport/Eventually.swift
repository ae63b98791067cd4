/// Repeats a check until it holds; ten seconds are more than anything in the tests takes.
///
/// - Returns: whether it held in time.
package func eventually(
    within limit: Duration = .seconds(10),
    every pause: Duration = .milliseconds(20),
    _ isSo: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < end else { return false }
        try await Task.sleep(for: pause)
    }
    return true
}
