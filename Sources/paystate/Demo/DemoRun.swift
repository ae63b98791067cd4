import Glibc
import Ledger
import Narration
import Sandbox
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Runs a demo: shows what happens, and at the end proves that the ledger agrees with the gateways, and that everything
/// was passed on.
struct DemoRun: Service {
    private let sandbox: Sandbox
    private let plugin: ShopPlugin
    private let seconds: Int?
    private let result: @Sendable (Ending) -> Void

    /// How the demo ended.
    enum Ending {
        case proved(Reckoning)
        /// The user did not wait until lost callbacks were made up for.
        case interrupted(Reckoning)
    }

    /// Both comparisons of one moment.
    struct Reckoning {
        let ledger: LedgerComparison
        let delivery: DeliveryComparison

        var isRight: Bool { ledger.differences.isEmpty && delivery.differences.isEmpty }
    }

    /// The longest time, after the last payment was created, until lost callbacks have been made up for.
    private static let timeout = Duration.seconds(120)

    /// - Parameters:
    ///   - seconds: how long to create payments; `nil` means until a signal arrives.
    ///   - result: called at the end with the comparisons of the ledger with the gateways and with the shop's plugin.
    init(
        _ sandbox: Sandbox,
        _ plugin: ShopPlugin,
        seconds: Int?,
        result: @escaping @Sendable (Ending) -> Void
    ) {
        self.sandbox = sandbox
        self.plugin = plugin
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
            func show(_ phase: String, isLast: Bool = false) async throws {
                guard isLast || view.isDue(at: clock.now) else { return }
                let sight = LiveView.Sight(
                    tally: try ledger.tally(),
                    counters: sandbox.counters,
                    passedOn: plugin.counters.callbacks,
                    backlog: DeliveryBacklog(try await ledger.targets())
                )
                printLine(view.draw(sight, after: clock.now - start, phase), terminator: "")
            }
            while !shutdown.isRequested(at: clock.now) {
                try await show(seconds == nil ? "Ctrl-C stops it" : "for \(seconds ?? 0) s")
                try await Task.sleep(for: .milliseconds(100))
            }
            sandbox.stopMaking()
            let deadline = clock.now + Self.timeout
            var reckoning = try await self.reckoning(ledger)
            while clock.now < deadline, !shutdown.isTorn, !(sandbox.isQuiet && reckoning.isRight) {
                try await show("waiting until what was lost is found (Ctrl-C skips it)")
                try await Task.sleep(for: .milliseconds(250))
                reckoning = try await self.reckoning(ledger)
            }
            try await show("done", isLast: true)
            result(shutdown.isTorn ? .interrupted(reckoning) : .proved(reckoning))
            group.cancelAll()
        }
    }

    private func reckoning(_ ledger: LedgerReader) async throws -> Reckoning {
        let standings = try ledger.standings()
        let comparison = LedgerComparison(sandbox.groundTruth(), against: standings)
        let backlog = DeliveryBacklog(try await ledger.targets())
        return Reckoning(
            ledger: comparison,
            delivery: DeliveryComparison(
                plugin.orders,
                events: plugin.counters.events,
                against: try ledger.tally(),
                backlog,
                standings
            )
        )
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
