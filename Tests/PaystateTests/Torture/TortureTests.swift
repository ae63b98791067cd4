import Daemon
import Foundation
import Ledger
import Sandbox
import TestSupport
import Testing

/// The real program under load, killed at random, frozen, restarted, and read by other programs: whatever it
/// acknowledged is in the database, once, and follows from the evidence.
///
/// `make torture` makes it long; in the test suite it is short. The seed is printed: it decides what is done, not when.
@Suite struct TortureTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["PAYSTATE_TORTURE_SECONDS"].flatMap { Int($0) } ?? 2
    private static let seed = environment["PAYSTATE_TORTURE_SEED"].flatMap { UInt64($0) } ?? .random(in: 0..<1_000_000)

    @Test func `whatever is killed, what was acknowledged is there, once`() async throws {
        // No gateway answers its polls: only receiving is tested.
        let daemon = try DaemonProcess(gateways: try unusedPort())
        defer { daemon.remove() }
        try daemon.endWithTests()
        try await daemon.start()
        let shoppers = Shoppers(to: daemon.callbacks)
        var torturer = Torturer(daemon, shoppers, seed: Self.seed)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { await shoppers.run() }
            do {
                try await torturer.torture(for: .seconds(Self.seconds))
            } catch {
                tasks.cancelAll()
                throw error
            }
            tasks.cancelAll()
        }
        #expect(daemon.stop() == 0)
        let figures = try torturer.reckon()
        print("torture with the seed \(Self.seed): \(figures.text)")
        #expect(figures.lost == 0 && figures.duplicates == 0, "\(figures.text)")
        #expect(figures.acknowledged > 20 && figures.restarts.count > 1)
        #expect(figures.integrity == ["ok"])
        let findings = try Rebuild(of: daemon.database) { $0.read() }.check()
        #expect(findings.areNone, "\(findings.count), \(findings.renumbered): \(findings.differences.prefix(20))")
    }
}
