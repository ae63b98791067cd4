import Payments
import Sandbox
import ServiceLifecycle
import TestSupport

/// A gateway in this process that knows none of the payments that it is polled about.
enum GatewayWithoutPayments {
    /// Runs a closure, which gets the gateway's address, while the gateway runs.
    static func run<Output: Sendable>(
        _ story: @escaping @Sendable (_ address: String) async throws -> Output
    ) async throws -> Output {
        let (ports, port) = AsyncStream<Int>.makeStream()
        var settings = SandboxSettings(accounts: [BenchAccount.sandbox], seed: 1)
        settings.port = 0
        let sandbox = Sandbox(
            settings,
            logger: .silent,
            now: { Timestamp(milliseconds: 0) },
            listening: { port.yield($0) }
        )
        return try await withThrowingTaskGroup(of: Output?.self) { tasks in
            tasks.addTask {
                try await sandbox.run()
                return nil
            }
            tasks.addTask {
                for await port in ports { return try await story("http://127.0.0.1:\(port)") }
                throw CancellationError()
            }
            defer { tasks.cancelAll() }
            while let output = try await tasks.next() {
                if let output { return output }
            }
            throw CancellationError()
        }
    }
}
