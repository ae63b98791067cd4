import Gateways
import Ledger
import Logging
import Payments
import ServiceLifecycle
import Synchronization

/// Asks the gateways about everything that stays silent: one asker an account, until the graceful shutdown.
final class Reconciler: Service {
    private struct State {
        var askers: [String: AccountAsker] = [:]
        /// Of every account that was ever configured: one that comes back may meet questions of its former asker.
        var underWay: [String: QuestionsUnderWay] = [:]
        var schedule: PollSchedule
    }

    private let client: GatewayClient
    private let ledger: Ledger
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let state: Mutex<State>
    /// Askers that have not begun yet.
    private let newcomers: AsyncStream<AccountAsker>
    private let newcomer: AsyncStream<AccountAsker>.Continuation

    init(
        _ configuration: Configuration,
        ledger: Ledger,
        client: GatewayClient,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.ledger = ledger
        self.now = now
        self.logger = logger
        state = Mutex(State(schedule: configuration.reconcile.schedule))
        (newcomers, newcomer) = AsyncStream.makeStream()
        reconfigure(configuration, changed: [])
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await self.recordInterrupted()
            await withDiscardingTaskGroup { group in
                group.addTask { await self.ringForWishes() }
                group.addTask { await self.watchTheClock() }
                for await asker in self.newcomers {
                    group.addTask { await asker.run() }
                }
            }
        }
        await client.shutdown()
    }

    /// Goes on by another configuration. What is under way is finished as it was begun, also for accounts that are gone. An
    /// account whose settings are as before keeps its pace and its breaker.
    ///
    /// - Parameter changed: the accounts whose settings are other than before.
    func reconfigure(_ configuration: Configuration, changed: Set<String>) {
        state.withLock { state in
            let before = state.askers
            state.askers = [:]
            state.schedule = configuration.reconcile.schedule
            for account in configuration.accounts {
                let predecessor = before[account.name]
                if let predecessor, !changed.contains(account.name) {
                    predecessor.reconfigure(configuration.reconcile)
                    state.askers[account.name] = predecessor
                } else {
                    let underWay = state.underWay[account.name] ?? QuestionsUnderWay()
                    state.underWay[account.name] = underWay
                    let asker = asker(for: account, configuration.reconcile, underWay)
                    underWay.hand(to: asker.bell)
                    state.askers[account.name] = asker
                    newcomer.yield(asker)
                }
            }
            for (name, asker) in before where state.askers[name] == nil { asker.leave() }
        }
    }

    private func asker(
        for account: Account,
        _ reconcile: Configuration.Reconcile,
        _ underWay: QuestionsUnderWay
    ) -> AccountAsker {
        AccountAsker(
            account,
            reconcile,
            underWay,
            client: client,
            ledger: ledger,
            logger: logger,
            now: now
        )
    }

    /// Before anything is asked: what was under way when the process ended must not be the first thing again.
    private func recordInterrupted() async {
        while !Task.isCancelled {
            do {
                for poll in try await ledger.recordInterrupted(at: now()) {
                    logger.warning(
                        "the process ended while the gateway was asked: the question waits its turn",
                        metadata: ["account": "\(poll.account)", "entity": "\(poll.entity.kind)"]
                    )
                }
                return
            } catch {
                logger.error("cannot record which questions were under way", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(5))  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    /// What is to be asked at once does not wait until somebody looks.
    private func ringForWishes() async {
        for await _ in ledger.pollRequests {
            for asker in state.withLock({ $0.askers.values }) { asker.bell.ring() }
        }
    }

    /// A clock that ran ahead and was set right again leaves questions planned for times that no schedule gives; so does a
    /// schedule that a reload made shorter. What was planned before this process is looked through at the start, and all of it once
    /// an hour, for a clock may also be slewed.
    private func watchTheClock() async {
        let clock = ContinuousClock()
        var watch = ClockWatch()
        var followed: PollSchedule?
        while !Task.isCancelled {
            let schedule = state.withLock { $0.schedule }
            let wasSetBack = watch.wasSetBack(at: now(), clock.now)
            if watch.isHourOver(at: clock.now) || wasSetBack || schedule != followed {
                // What was dated just before the clock was set may be written just after the look: so there is another one.
                followed = await recall(by: schedule) && !wasSetBack ? schedule : nil
            }
            if wasSetBack {
                logger.notice("the clock was set back: questions that were planned by it are planned anew")
                for asker in state.withLock({ $0.askers.values }) { await asker.showAgain() }
            }
            try? await Task.sleep(for: Self.lookAtClock)  // Fails only when cancelled, and then the loop ends.
        }
    }

    private static let lookAtClock = Duration.seconds(2)

    private func recall(by schedule: PollSchedule) async -> Bool {
        do {
            let count = try await ledger.recall(by: schedule, at: now())
            if count > 0 {
                logger.notice(
                    "questions were planned for later than clock and schedule say: they are planned anew",
                    metadata: ["questions": "\(count)"]
                )
            }
            return true
        } catch  where !Task.isCancelled {
            logger.warning("cannot look for questions that are planned too late", metadata: ["error": "\(error)"])
        } catch {
            // The shutdown interrupted it.
        }
        return false
    }
}
