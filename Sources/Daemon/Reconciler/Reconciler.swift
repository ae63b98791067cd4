import Gateways
import Ledger
import Logging
import Payments
import ServiceLifecycle

/// Asks the gateways about everything that stays silent: one asker an account, until the graceful shutdown.
struct Reconciler: Service {
    private let askers: [AccountAsker]
    private let client: GatewayClient
    private let ledger: Ledger
    private let schedule: Schedule
    private let now: @Sendable () -> Moment
    private let logger: Logger

    init(
        _ configuration: Configuration,
        ledger: Ledger,
        client: GatewayClient,
        logger: Logger,
        now: @escaping @Sendable () -> Moment
    ) {
        askers = configuration.accounts.map {
            AccountAsker($0, configuration.reconcile, client: client, ledger: ledger, logger: logger, now: now)
        }
        self.client = client
        self.ledger = ledger
        schedule = configuration.reconcile.schedule
        self.now = now
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for asker in askers {
                    group.addTask { await asker.run() }
                }
                group.addTask { await ringForWishes() }
                group.addTask { await watchTheClock() }
            }
        }
        await client.shutdown()
    }

    /// What is to be asked at once does not wait until somebody looks.
    private func ringForWishes() async {
        for await _ in ledger.wishes {
            for asker in askers { asker.bell.ring() }
        }
    }

    /// A clock that ran ahead and was set right again leaves questions planned for times that no schedule gives.
    private func watchTheClock() async {
        // A gateway may ask to be left alone for an hour, on top of any step.
        let horizon = schedule.horizon + .seconds(3600)
        while !Task.isCancelled {
            do {
                try await ledger.recall(beyond: horizon, at: now())
            } catch {
                logger.warning("cannot look for questions that are planned too late", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(60))  // Fails only when cancelled, and then the loop ends.
        }
    }
}
