import Glibc
import Ledger
import Sandbox
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Runs a demo: shows what happens, and at the end proves that the ledger agrees with the gateways.
struct DemoRun: Service {
    private let sandbox: Sandbox
    private let seconds: Int?
    private let result: @Sendable (Ending) -> Void

    /// How the demo ended.
    enum Ending {
        case proved(LedgerComparison)
        /// The user did not wait until lost callbacks were made up for.
        case interrupted(LedgerComparison)
    }

    /// The longest time, after the last payment was created, until lost callbacks have been made up for.
    private static let timeout = Duration.seconds(120)

    /// - Parameters:
    ///   - seconds: how long to create payments; `nil` means until a signal arrives.
    ///   - result: called at the end with the comparison of ledger and gateways.
    init(_ sandbox: Sandbox, seconds: Int?, result: @escaping @Sendable (Ending) -> Void) {
        self.sandbox = sandbox
        self.seconds = seconds
        self.result = result
    }

    func run() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let shutdown = DemoShutdown(after: seconds.map { start + .seconds($0) })
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await shutdown.listen() }
            var view = LiveView(terminal: Terminal.size, showsColours: Terminal.showsColours)
            let ledger = try LedgerReader(at: .file(path: DemoSetup.database))
            func show(_ phase: String, isLast: Bool = false) throws {
                guard isLast || view.isDue(at: clock.now) else { return }
                printLine(
                    view.draw(try ledger.tally(), sandbox.counters, after: clock.now - start, phase),
                    terminator: ""
                )
            }
            while !shutdown.isRequested(at: clock.now) {
                try show(seconds == nil ? "Ctrl-C stops it" : "for \(seconds ?? 0) s")
                try await Task.sleep(for: .milliseconds(100))
            }
            sandbox.stopMaking()
            let deadline = clock.now + Self.timeout
            var reckoning = LedgerComparison(sandbox.groundTruth(), against: try ledger.standings())
            while clock.now < deadline, !shutdown.isTorn, !(sandbox.isQuiet && reckoning.differences.isEmpty) {
                try show("waiting until what was lost is found (Ctrl-C skips it)")
                try await Task.sleep(for: .milliseconds(250))
                reckoning = LedgerComparison(sandbox.groundTruth(), against: try ledger.standings())
            }
            try show("done", isLast: true)
            result(shutdown.isTorn ? .interrupted(reckoning) : .proved(reckoning))
            group.cancelAll()
        }
    }
}

/// A service that consists of a closure.
struct ClosureService: Service {
    let work: @Sendable () async throws -> Void

    init(_ work: @escaping @Sendable () async throws -> Void) {
        self.work = work
    }

    func run() async throws { try await work() }
}

/// Decides when a demo ends: at its time or at the first signal; the second signal skips the wait for the comparison.
final class DemoShutdown: Sendable {
    private let end: ContinuousClock.Instant?
    private let signals = Mutex(0)

    init(after end: ContinuousClock.Instant?) {
        self.end = end
    }

    func isRequested(at now: ContinuousClock.Instant) -> Bool {
        signals.withLock { $0 > 0 } || end.map { now >= $0 } ?? false
    }

    var isTorn: Bool { signals.withLock { $0 > 1 } }

    func listen() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            signals.withLock { $0 += 1 }
        }
    }
}
