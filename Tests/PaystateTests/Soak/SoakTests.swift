import ConfigurationFile
import Daemon
import Foundation
import Glibc
import Ledger
import Logging
import Payments
import Sandbox
import ServiceLifecycle
import Telemetry
import TestSupport
import Testing
import paystate

/// Many payments at gateways that lose, repeat and reorder their callbacks, with an outage, a restart and a `kill -9`
/// in between: at the end the ledger agrees with the gateways, and its history explains it.
///
/// `make soak` makes it long; in the test suite it is short. The seed is fixed, so the payments are always the same.
@Suite struct SoakTests {
    /// How long payments are created, in seconds.
    private static let seconds = ProcessInfo.processInfo.environment["PAYSTATE_SOAK_SECONDS"].flatMap { Int($0) } ?? 2
    private static let paymentsPerSecond = 50.0
    private static let timeout = Duration.seconds(180)

    @Test func `whatever the network and the gateways do, ledger and gateways agree in the end`() async throws {
        let gateways = try unusedPort()
        let daemon = try DaemonProcess(gateways: gateways)
        defer { daemon.remove() }
        let (orders, order) = AsyncStream<CreatedPayment>.makeStream()
        let logger = Logger.silent
        let sandbox = Sandbox(
            try settings(gateways, callbacks: daemon.callbacks),
            logger: logger,
            now: Timestamp.now,
            created: { order.yield($0) }
        )
        let merchant = Merchant(orders, admin: .loopback(HostAndPort(host: "127.0.0.1", port: daemon.admin)))
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [sandbox, merchant], logger: logger)
        )
        try await daemon.start()
        try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await Self.mistreat(daemon, sandbox)
                try await Self.reckon(daemon, sandbox)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
        }
        // Also while the daemon still polls authorized payments.
        try Self.deriveAgain(daemon.database)
        #expect(daemon.stop() == 0)
        try Self.deriveAgain(daemon.database)
    }

    /// Checks that the ledger's contents follow from the evidence that it stores.
    private static func deriveAgain(_ database: String) throws {
        let findings = try Rebuild(of: database) { $0.read() }.check()
        #expect(findings.areNone, "\(findings.count), \(findings.renumbered): \(findings.differences.prefix(20))")
        #expect(findings.callbacks > 0 && findings.answers > 0 && findings.instructions > 0)
    }

    private func settings(_ port: Int, callbacks: Int) throws -> SandboxSettings {
        let base = "http://127.0.0.1:\(callbacks)/callbacks"
        var settings = SandboxSettings(
            accounts: [.ecommpay("ecp", callbacks: "\(base)/ecp"), try .ecomcharge("ecc", callbacks: "\(base)/ecc")],
            seed: 20_261_122
        )
        settings.port = port
        settings.rate = Self.paymentsPerSecond
        settings.timeScale = 60
        settings.remembered = 1_000_000
        settings.misbehaviour.lose = 0.3
        settings.misbehaviour.duplicate = 0.2
        settings.misbehaviour.reorder = 0.3
        settings.misbehaviour.late = 0.05
        settings.misbehaviour.changeMind = 0.03
        settings.misbehaviour.ambiguous = 0.03
        settings.misbehaviour.omitAmounts = 0.1
        settings.misbehaviour.fail = 0.02
        settings.misbehaviour.rubbish = 0.02
        settings.misbehaviour.unsigned = 0.02
        settings.misbehaviour.foreign = 0.02
        return settings
    }

    /// A quarter of the time passes before each mishap.
    private static func mistreat(_ daemon: DaemonProcess, _ sandbox: Sandbox) async throws {
        let quarter = Duration.seconds(seconds) / 4
        try await Task.sleep(for: quarter)
        var misbehaviour = sandbox.misbehaviour
        misbehaviour.outage = true
        sandbox.misbehave(misbehaviour)
        try await Task.sleep(for: min(quarter, .seconds(5)))
        misbehaviour.outage = false
        sandbox.misbehave(misbehaviour)
        try await Task.sleep(for: quarter)
        #expect(daemon.stop() == 0)
        try await daemon.start()
        try await Task.sleep(for: quarter)
        daemon.stop(with: SIGKILL)
        try await daemon.start()
        sandbox.stopMaking()
    }

    private static func reckon(_ daemon: DaemonProcess, _ sandbox: Sandbox) async throws {
        let ledger = try LedgerReader(at: .file(path: daemon.database))
        var reckoning = LedgerComparison(sandbox.groundTruth(), against: try ledger.standings())
        _ = try await eventually(within: timeout, every: .milliseconds(250)) {
            reckoning = LedgerComparison(sandbox.groundTruth(), against: try ledger.standings())
            return sandbox.isQuiet && reckoning.differences.isEmpty
        }
        #expect(reckoning.differences.isEmpty, "\(reckoning.differences.prefix(20))")
        #expect(reckoning.payments > Int(paymentsPerSecond) * seconds / 2)
        let counters = sandbox.counters
        #expect(counters.lost > 0 && counters.duplicated > 0 && counters.reordered > 0)
        let unexplained = Set(try ledger.standings()).symmetricDifference(try ledger.foldOfTransitions())
        #expect(unexplained.isEmpty, "\(unexplained.prefix(5))")
        guard reckoning.differences.isEmpty, unexplained.isEmpty else { return }
        print(
            "soak: \(reckoning.payments) payments, \(reckoning.operations) operations, \(counters.sent) callbacks sent, "
                + "\(counters.lost) lost, \(counters.duplicated) doubled, \(counters.statusRequests) polls; all agree"
        )
    }
}
