import Ledger
import Logging
import Metrics
import ServiceLifecycle

/// Puts another configuration into force while the daemon runs: all of it, or nothing.
///
/// What can fail comes first: to read the file with its secrets, to make terms of it, to write new accounts to the ledger.
/// What follows cannot fail. A request that is under way, and a question, is finished as it was begun.
struct Reloader: Service {
    let reloading: Reloading
    let terms: TermsInForce
    let ledger: Ledger
    let reconciler: Reconciler
    let announcer: Announcer
    let logger: Logger
    private let hasSucceeded = Gauge(label: Metric.reloaded.name)

    init(
        _ reloading: Reloading,
        terms: TermsInForce,
        ledger: Ledger,
        reconciler: Reconciler,
        announcer: Announcer,
        logger: Logger
    ) {
        self.reloading = reloading
        self.terms = terms
        self.ledger = ledger
        self.reconciler = reconciler
        self.announcer = announcer
        self.logger = logger
        hasSucceeded.record(1)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // However many ask while a reload is under way: one more reads what the file says then.
            let (wishes, wish) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in reloading.requests { wish.yield() }
                    wish.finish()
                }
                for await _ in wishes where !Task.isCancelled { await reload() }
            }
            // Nobody can ask any more, and the daemon goes on; it fails only when cancelled.
            try? await gracefulShutdown()
        }
    }

    private func reload() async {
        announcer.isReloading()
        do {
            let configuration = try reloading.load()
            let changes = ConfigurationChanges(from: terms.current.configuration, to: configuration)
            try await reconfigure(configuration, changes)
            hasSucceeded.record(1)
            tell(changes, configuration.warnings)
            announcer.hasReloaded(accounts: configuration.accounts.count)
        } catch {
            hasSucceeded.record(0)
            tell(error)
            announcer.couldNotReload()
        }
    }

    private func reconfigure(_ configuration: Configuration, _ changes: ConfigurationChanges) async throws {
        let old = terms.current.configuration
        var configuration = configuration
        // What the daemon holds open stays as it is; that is said, and compared again the next time.
        configuration.database = old.database
        configuration.listen = old.listen
        configuration.admin = old.admin
        let terms = Terms(configuration, ledger: ledger, logger: logger)
        try await ledger.reconfigure(
            accounts: configuration.outline.accounts,
            schedule: configuration.reconcile.schedule,
            quota: configuration.retention.quota,
            capacity: configuration.limits.queue
        )
        self.terms.replace(with: terms)
        reconciler.reconfigure(configuration, changed: Set(changes.changed.map(\.name)))
    }

    private func tell(_ changes: ConfigurationChanges, _ warnings: [Problem]) {
        for warning in warnings { logger.warning("\(warning)") }
        if changes.metadata.isEmpty {
            logger.notice("configuration reloaded: nothing has changed that can change now")
        } else {
            logger.notice("configuration reloaded", metadata: changes.metadata)
        }
        guard !changes.keysForRestart.isEmpty else { return }
        logger.warning(
            "part of the configuration needs a restart, until then the old one holds",
            metadata: ["changed": "\(changes.keysForRestart.joined(separator: ", "))"]
        )
    }

    private func tell(_ error: any Error) {
        let problems = (error as? ConfigurationError)?.problems.map(\.description) ?? ["\(error)"]
        for problem in problems {
            logger.error("configuration not reloaded, the old one stays", metadata: ["problem": "\(problem)"])
        }
    }
}
