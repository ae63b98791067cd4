import ConfigurationFile
import Gateways
import Ledger
import Logging
import OutboundHTTP
package import Payments
import ServiceLifecycle
import Synchronization

/// Polls the gateways about everything that stays silent: one poller per account, until the graceful shutdown.
final class Reconciler: Service {
    private struct State {
        var pollers: [String: AccountPoller] = [:]
        /// For every account that was ever configured: an account that comes back may meet polls of its former poller.
        var inFlight: [String: InFlightPolls] = [:]
        var schedule: PollSchedule
    }

    private let client: GatewayClient
    private let ledger: Ledger
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let state: Mutex<State>
    /// Pollers that have not begun yet.
    private let newPollers: AsyncStream<AccountPoller>
    private let newPoller: AsyncStream<AccountPoller>.Continuation

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
        (newPollers, newPoller) = AsyncStream.makeStream()
        reconfigure(configuration, changed: [])
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Where several receivers poll, whoever takes an account over does it.
            if !self.ledger.isShared { await self.recordInterrupted() }
            await withDiscardingTaskGroup { group in
                group.addTask { await self.signalPollRequests() }
                group.addTask { await self.watchTheClock() }
                for await poller in self.newPollers {
                    group.addTask { await poller.run() }
                }
            }
        }
        await client.shutdown()
    }

    /// Switches to another configuration.
    ///
    /// Polls under way are finished as they were begun, also for accounts that are gone. An account whose settings are
    /// unchanged keeps its rate limit and its circuit breaker.
    ///
    /// - Parameter changed: the accounts whose settings have changed.
    func reconfigure(_ configuration: Configuration, changed: Set<String>) {
        state.withLock { state in
            let before = state.pollers
            state.pollers = [:]
            state.schedule = configuration.reconcile.schedule
            for account in configuration.accounts {
                let predecessor = before[account.name]
                if let predecessor, !changed.contains(account.name) {
                    predecessor.reconfigure(configuration.reconcile)
                    state.pollers[account.name] = predecessor
                } else {
                    let inFlight = state.inFlight[account.name] ?? InFlightPolls()
                    state.inFlight[account.name] = inFlight
                    let poller = poller(for: account, configuration.reconcile, inFlight)
                    inFlight.transfer(to: poller.wakeSignal)
                    state.pollers[account.name] = poller
                    newPoller.yield(poller)
                }
            }
            for (name, poller) in before where state.pollers[name] == nil { poller.retire() }
        }
    }

    private func poller(
        for account: Account,
        _ reconcile: Configuration.Reconcile,
        _ inFlight: InFlightPolls
    ) -> AccountPoller {
        AccountPoller(
            account,
            reconcile,
            inFlight,
            client: client,
            ledger: ledger,
            logger: logger,
            now: now
        )
    }

    /// Runs before any poll: what was under way when the process ended must not be polled first again.
    private func recordInterrupted() async {
        while !Task.isCancelled {
            do {
                for poll in try await ledger.recordInterrupted(at: now()) {
                    logger.warning(
                        "the process ended during a poll: it is sent again in its turn",
                        metadata: ["account": "\(poll.account)", "entity": "\(poll.entity.kind)"]
                    )
                }
                return
            } catch {
                logger.error("cannot record which polls were in progress", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(5))  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    /// Wakes the pollers for requested polls, which must not wait for the next look.
    private func signalPollRequests() async {
        for await _ in ledger.pollRequests {
            for poller in state.withLock({ $0.pollers.values }) { poller.wakeSignal.signal() }
        }
    }

    /// Reschedules polls that are planned too late.
    ///
    /// A clock that ran ahead and was corrected leaves polls planned for times that no schedule gives; so does a
    /// schedule that a reload made shorter. Polls planned before this process are checked at the start, and all of them
    /// once an hour, because a clock may also be slewed.
    private func watchTheClock() async {
        let clock = ContinuousClock()
        var watch = ClockWatch()
        var followed: PollSchedule?
        // The accounts that this receiver polls.
        var asked: Set<String> = []
        while !Task.isCancelled {
            let schedule = state.withLock { $0.schedule }
            let wasSetBack = watch.wasSetBack(at: now(), clock.now)
            let mine = Set(state.withLock { $0.pollers.keys }.filter { ledger.holds(.polling(account: $0)) })
            // What another receiver has planned may follow another clock or schedule.
            if !mine.isSubset(of: asked) { followed = nil }
            asked = mine
            if watch.isHourOver(at: clock.now) || wasSetBack || schedule != followed {
                // What was dated just before the clock was set may be written just after this check: so there is
                // another one.
                followed = await recall(mine, by: schedule) && !wasSetBack ? schedule : nil
            }
            if wasSetBack {
                logger.notice("the clock was set back: polls that were scheduled by it are scheduled again")
                for poller in state.withLock({ $0.pollers.values }) { await poller.showPause() }
            }
            try? await Task.sleep(for: Self.lookAtClock)  // Fails only when cancelled, and then the loop ends.
        }
    }

    private static let lookAtClock = Duration.seconds(2)

    /// - Parameter accounts: those that this receiver polls. (In a file those that are no longer configured are meant, too.)
    private func recall(_ accounts: Set<String>, by schedule: PollSchedule) async -> Bool {
        do {
            var count = 0
            if ledger.isShared {
                for account in accounts { count += try await ledger.recall(account, by: schedule, at: now()) }
            } else {
                count = try await ledger.recall(by: schedule, at: now())
            }
            if count > 0 {
                logger.notice(
                    "polls were scheduled for later than clock and schedule allow: they are scheduled again",
                    metadata: ["polls": "\(count)"]
                )
            }
            return true
        } catch  where !Task.isCancelled {
            logger.warning("cannot look for polls that are scheduled too late", metadata: ["error": "\(error)"])
        } catch {
            // The shutdown interrupted it.
        }
        return false
    }
}

/// Detects that the clock was set back, by comparing it with a monotonic clock, and says when it is time for the hourly
/// check.
///
/// The hourly check finds polls planned by a slewed clock: slewing moves both clocks alike, and cannot be detected.
package struct ClockWatch: Sendable {
    /// Smaller steps are a time service's everyday work, and delay no poll noticeably.
    private static let tolerance = Duration.seconds(1)
    private static let hour = Duration.seconds(3600)

    private var last: (time: Timestamp, instant: ContinuousClock.Instant)?
    private var nextHour: ContinuousClock.Instant?

    package init() {}

    /// Whether less time has passed on the clock since the last call than has really passed.
    package mutating func wasSetBack(at now: Timestamp, _ instant: ContinuousClock.Instant) -> Bool {
        defer { last = (now, instant) }
        guard let last else { return false }
        return now - last.time + Self.tolerance < last.instant.duration(to: instant)
    }

    /// Whether an hour has passed since this last returned true; the first call returns true.
    package mutating func isHourOver(at instant: ContinuousClock.Instant) -> Bool {
        if let nextHour, instant < nextHour { return false }
        nextHour = instant + Self.hour
        return true
    }
}
