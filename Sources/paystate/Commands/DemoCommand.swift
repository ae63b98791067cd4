import ArgumentParser
import Daemon
import Foundation
import Glibc
import Ledger
import Logging
import Metrics
import Payments
import Sandbox
import ServiceLifecycle
import Synchronization
import Telemetry

/// `paystate demo`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show everything at work, without any configuration.",
        usage: "paystate demo [OPTIONS]",
        discussion: """
            Runs the daemon, sandbox gateways, made-up shoppers and a shop's plugin together. \
            What the daemon takes it passes on to the plugin, which is down for four seconds \
            soon after the start. Minutes at the gateways pass as seconds, and one callback in \
            five is lost. The daemon polls by the default schedule, but sooner: 2s, then 1s, \
            2s and 4s stand for its minutes and hours, 3s for the day after which held money \
            is polled, 8s for the day after which a failure is polled once more, and 10s and \
            30s for the 7 and 30 days after which an audit finds a lost refund. At the end the \
            ledger is compared with everything that the gateways know and that the plugin was \
            sent, which takes half a minute more. The database is var/demo.db, and starts \
            empty each time:

              sqlite3 -readonly -box var/demo.db 'SELECT * FROM orders LIMIT 5'
              paystate show --database var/demo.db ORDER

            Exits with 70 if ledger and gateways disagree, or if something was not passed on.
            """
    )

    @Option(help: "Stop making payments after this many seconds (default: when Ctrl-C is pressed).")
    var seconds: Int?

    @Option(help: "Payments per minute.")
    var rate = 300.0

    @Option(help: "The share of callbacks that are never sent, from 0 to 1.")
    var lose = 0.2

    @Option(help: "The seed of all randomness (default: a new one each time).")
    var seed: UInt64?

    func validate() throws {
        guard (1...3600 * 24).contains(seconds ?? 1) else { throw ValidationError("--seconds takes 1 to 86400") }
        guard (1...60_000).contains(rate) else { throw ValidationError("--rate takes 1 to 60000 a minute") }
        guard (0...1).contains(lose) else { throw ValidationError("--lose takes 0 to 1") }
    }

    func run() async throws {
        umask(0o027)
        signal(SIGPIPE, SIG_IGN)
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        let setup: DemoSetup
        do {
            setup = try DemoSetup(paymentsPerMinute: rate, lose: lose, seed: seed)
        } catch let error as LedgerError {
            if case .isLocked = error {
                printError("another demo is running in this folder: stop it first, or run this one in another folder")
            } else {
                printError("\(error)")
            }
            throw error.exitCode
        }
        if let warning = BuildConfiguration.warning { printLine(warning) }
        printLine(
            "The database is \(DemoSetup.database); the seed is \(seed). Of 100 callbacks \(Int(lose * 100)) are lost on the way."
        )
        switch try await perform(setup) {
        case .proved(let reckoning):
            printLine(Self.summary(of: reckoning.ledger))
            printLine(Self.summary(of: reckoning.delivery))
            if !reckoning.isRight { throw SysExit.software }
        case .interrupted(let reckoning):
            let (ledger, backlog) = (reckoning.ledger, reckoning.delivery.backlog)
            printLine(
                """
                Interrupted: \(ledger.differences.count) of \(ledger.payments) payments had not been found yet, and \
                \(backlog.waiting) callbacks waited to be passed on.
                """
            )
        case nil:
            throw SysExit.unavailable
        }
    }

    private func perform(_ setup: DemoSetup) async throws -> DemoRun.Ending? {
        let logger = Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        let daemon = Daemon(
            setup.configuration,
            version: Paystate.version,
            metrics: PrometheusMetrics(),
            logger: logger,
            now: Timestamp.now
        )
        let (orders, order) = AsyncStream<CreatedPayment>.makeStream(bufferingPolicy: .bufferingNewest(100_000))
        let (sandboxMayBegin, letSandboxBegin) = AsyncStream<Void>.makeStream()
        let (playMayBegin, letPlayBegin) = AsyncStream<Void>.makeStream()
        let sandbox = Sandbox(
            setup.settings,
            logger: logger,
            now: Timestamp.now,
            created: { order.yield($0) }
        )
        let ending = Mutex<DemoRun.Ending?>(nil)
        let plugin = try ShopPlugin(setup.plugin, logger: logger, now: Timestamp.now)
        let run = DemoRun(sandbox, plugin, seconds: seconds) { result in ending.withLock { $0 = result } }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                // They stop in reverse order: the plugin takes what the daemon passes on until the end.
                services: [
                    .init(service: plugin),
                    .init(
                        service: ClosureService {
                            try await daemon.run(stoppingOn: []) { listener, _ in
                                guard listener == .callbacks else { return }
                                letSandboxBegin.finish()
                                letPlayBegin.finish()
                            }
                        }
                    ),
                    .init(
                        service: ClosureService {
                            for await _ in sandboxMayBegin {}
                            try await sandbox.run()
                        }
                    ),
                    .init(service: Merchant(orders, admin: setup.admin)),
                    .init(
                        service: ClosureService {
                            for await _ in playMayBegin {}
                            try await run.run()
                        },
                        successTerminationBehavior: .gracefullyShutdownGroup
                    ),
                ],
                logger: logger
            )
        )
        try await group.run()
        return ending.withLock { $0 }
    }

    private static func summary(of reckoning: LedgerComparison) -> String {
        guard reckoning.differences.isEmpty else {
            let shown = reckoning.differences.prefix(20).map { "  \($0)" }.joined(separator: "\n")
            return """
                Of \(reckoning.payments) payments and \(reckoning.operations) operations that the gateways know, \
                \(reckoning.differences.count) differ in the ledger:
                \(shown)
                """
        }
        return """
            Every one of the \(reckoning.payments) payments and \(reckoning.operations) operations that the gateways know is \
            in the ledger, in the right state.
            """
    }

    private static func summary(of delivery: DeliveryComparison) -> String {
        guard delivery.differences.isEmpty else {
            let shown = delivery.differences.prefix(20).map { "  \($0)" }.joined(separator: "\n")
            return """
                Of \(delivery.callbacks) callbacks and \(delivery.events) events, not everything was passed on rightly:
                \(shown)
                """
        }
        return """
            Every one of the \(delivery.callbacks) callbacks was passed on to the shop's plugin, in the order of its \
            payment, and \(delivery.events) events told it the state of every payment.
            """
    }
}
