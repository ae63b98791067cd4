package import ConfigurationFile
import Delivery
import Ledger
import Logging
import Metrics
import Payments
import ServiceLifecycle
import Telemetry

/// Replaces the configuration while the daemon runs: all of it, or nothing.
///
/// What can fail comes first: reading the file with its secrets, deriving the serving configuration, writing new
/// accounts to the ledger. What follows cannot fail. Requests and polls under way are finished as they were begun.
struct Reloader: Service {
    let reloadSignal: ReloadSignal
    let serving: CurrentConfiguration
    let ledger: Ledger
    let reconciler: Reconciler
    let deliveries: Deliveries
    let systemdStatus: SystemdStatus
    let logger: Logger
    private let hasSucceeded = Gauge(label: Metric.reloaded.name)

    init(
        _ reloadSignal: ReloadSignal,
        serving: CurrentConfiguration,
        ledger: Ledger,
        reconciler: Reconciler,
        deliveries: Deliveries,
        systemdStatus: SystemdStatus,
        logger: Logger
    ) {
        self.reloadSignal = reloadSignal
        self.serving = serving
        self.ledger = ledger
        self.reconciler = reconciler
        self.deliveries = deliveries
        self.systemdStatus = systemdStatus
        self.logger = logger
        hasSucceeded.record(1)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // However many reloads are requested during a reload, one more reads the file as it is then.
            let (requests, request) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in reloadSignal.requests { request.yield() }
                    request.finish()
                }
                for await _ in requests where !Task.isCancelled { await reload() }
            }
            // No more reloads can be requested, but the daemon goes on; this fails only when cancelled.
            try? await gracefulShutdown()
        }
    }

    private func reload() async {
        systemdStatus.isReloading()
        do {
            let configuration = try reloadSignal.load()
            let changes = ConfigurationChanges(from: serving.current.configuration, to: configuration)
            try await reconfigure(configuration, changes)
            hasSucceeded.record(1)
            log(changes, configuration.warnings)
            systemdStatus.hasReloaded(accounts: configuration.accounts.count)
        } catch {
            hasSucceeded.record(0)
            log(error)
            systemdStatus.couldNotReload()
        }
    }

    private func reconfigure(_ configuration: Configuration, _ changes: ConfigurationChanges) async throws {
        let old = serving.current.configuration
        var configuration = configuration
        // What the daemon holds open stays as it is; that is logged, and compared again at the next reload.
        configuration.database = old.database
        configuration.listen = old.listen
        configuration.admin = old.admin
        let serving = ServingConfiguration(configuration, ledger: ledger, logger: logger)
        try await ledger.reconfigure(
            accounts: configuration.publicConfiguration.ledgerAccounts,
            targets: DeliveryTarget.all(in: configuration),
            schedule: configuration.reconcile.schedule,
            quota: configuration.retention.quota,
            capacity: configuration.limits.queue
        )
        self.serving.replace(with: serving)
        reconciler.reconfigure(configuration, changed: changes.changedGateways)
        deliveries.reconfigure(configuration)
    }

    private func log(_ changes: ConfigurationChanges, _ warnings: [ConfigurationProblem]) {
        for warning in warnings { logger.warning("\(warning)") }
        if changes.metadata.isEmpty {
            logger.notice("configuration reloaded: nothing has changed that takes effect without a restart")
        } else {
            logger.notice("configuration reloaded", metadata: changes.metadata)
        }
        guard !changes.keysForRestart.isEmpty else { return }
        logger.warning(
            "part of the configuration needs a restart, until then the old values stay in effect",
            metadata: ["changed": "\(changes.keysForRestart.joined(separator: ", "))"]
        )
    }

    private func log(_ error: any Error) {
        let problems = (error as? ConfigurationError)?.problems.map(\.description) ?? ["\(error)"]
        for problem in problems {
            logger.error("configuration not reloaded, the old one stays in effect", metadata: ["problem": "\(problem)"])
        }
    }
}

/// When to read the configuration again, and how.
package struct ReloadSignal: Sendable {
    /// One element per requested reload.
    let requests: any AsyncSequence<Void, Never> & Sendable
    let load: @Sendable () throws(ConfigurationError) -> Configuration

    package init(
        on requests: any AsyncSequence<Void, Never> & Sendable,
        load: @escaping @Sendable () throws(ConfigurationError) -> Configuration
    ) {
        self.requests = requests
        self.load = load
    }
}

/// The differences between a configuration and the one before, as keys of the file. It contains no values, so it cannot
/// contain a secret.
package struct ConfigurationChanges: Sendable, Equatable {
    package struct Account: Sendable, Equatable {
        package let name: String
        package let settings: [String]
    }

    package let added: [String]
    package let removed: [String]
    package let changed: [Account]
    /// Other keys whose new values are in force from now on.
    package let keys: [String]
    /// Keys whose new values take effect only after a restart.
    package let keysForRestart: [String]

    package init(from old: Configuration, to new: Configuration) {
        let changedKeys = ConfigurationKey.all.filter { $0.hasChanged(from: old, to: new) }
        keys = changedKeys.filter { $0.effect == .reload }.map(\.name)
        keysForRestart = changedKeys.filter { $0.effect == .restart }.map(\.name)
        let before = Dictionary(old.accounts.map { ($0.name, $0) }) { first, _ in first }
        let names = Set(new.accounts.map(\.name))
        added = new.accounts.map(\.name).filter { before[$0] == nil }
        removed = old.accounts.map(\.name).filter { !names.contains($0) }
        changed = new.accounts.compactMap { account in
            let settings = before[account.name].map { account.changes(since: $0) } ?? []
            return settings.isEmpty ? nil : Account(name: account.name, settings: settings)
        }
    }
}

extension ConfigurationChanges {
    /// The accounts whose gateways are asked in another way than before; where their callbacks are forwarded to does not
    /// matter to that.
    var changedGateways: Set<String> {
        Set(changed.filter { $0.settings != ["forward"] }.map(\.name))
    }

    /// The changes in force from now on, for the log; empty if there are none.
    var metadata: Logger.Metadata {
        let changed = changed.map { "\($0.name) (\($0.settings.joined(separator: ", ")))" }
        let lists = [
            "accounts.added": added, "accounts.removed": removed, "accounts.changed": changed, "changed": keys,
        ]
        return lists.filter { !$0.value.isEmpty }.mapValues { "\($0.joined(separator: ", "))" }
    }
}
