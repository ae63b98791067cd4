import Glibc
import Ledger
import Sandbox
import ServiceLifecycle

/// A demo while it runs: shows what happens, and at the end proves that the ledger knows what the gateways know.
struct Play: Service {
    private let sandbox: Sandbox
    private let seconds: Int?
    private let result: @Sendable (Ending) -> Void

    /// How it came out.
    enum Ending {
        case proved(Reckoning)
        /// Somebody did not want to wait until what was lost was found.
        case interrupted(Reckoning)
    }

    /// How long it may take until what was lost is found, after the last payment was made.
    private static let timeout = Duration.seconds(120)

    /// - Parameters:
    ///   - seconds: how long payments are made; `nil`: until a signal comes.
    ///   - result: is told at the end how the ledger and the gateways agree.
    init(_ sandbox: Sandbox, seconds: Int?, result: @escaping @Sendable (Ending) -> Void) {
        self.sandbox = sandbox
        self.seconds = seconds
        self.result = result
    }

    func run() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let curtain = Curtain(after: seconds.map { start + .seconds($0) })
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await curtain.listen() }
            var view = LiveView(terminal: Terminal.size, showsColours: Terminal.showsColours)
            let ledger = try LedgerReader(at: Scene.database)
            func show(_ phase: String, isLast: Bool = false) throws {
                guard isLast || view.isDue(at: clock.now) else { return }
                say(view.draw(try ledger.tally(), sandbox.counters, after: clock.now - start, phase), terminator: "")
            }
            while !curtain.isFalling(at: clock.now) {
                try show(seconds == nil ? "Ctrl-C ends it" : "for \(seconds ?? 0) s")
                try await Task.sleep(for: .milliseconds(100))
            }
            sandbox.stopMaking()
            let deadline = clock.now + Self.timeout
            var reckoning = Reckoning(sandbox.truth(), against: try ledger.standings())
            while clock.now < deadline, !curtain.isTorn, !(sandbox.isQuiet && reckoning.differences.isEmpty) {
                try show("waiting until what was lost is found (Ctrl-C ends that)")
                try await Task.sleep(for: .milliseconds(250))
                reckoning = Reckoning(sandbox.truth(), against: try ledger.standings())
            }
            try show("done", isLast: true)
            result(curtain.isTorn ? .interrupted(reckoning) : .proved(reckoning))
            group.cancelAll()
        }
    }
}
