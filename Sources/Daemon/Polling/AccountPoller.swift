import ConfigurationFile
import Gateways
import Ledger
import Logging
import OutboundHTTP
import Payments
import Synchronization

/// Polls one account's gateway about what is due, within its ``PollBudget``.
final class AccountPoller: Sendable {
    private enum Step {
        case poll(DuePoll, CircuitBreaker.Permit)
        case wait(Duration)
    }

    /// How long a poll is left out whose result could not be recorded.
    private static let postponement = Duration.seconds(60)

    let wakeSignal = WakeSignal()
    private let name: String
    private let lookup: StatusLookup
    private let inFlight: InFlightPolls
    private let ledger: Ledger
    private let availability: AccountAvailability
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let clock = ContinuousClock()
    private let budget: Mutex<PollBudget<DuePoll.ID>>
    /// Whether it is this receiver that polls, and has taken up what another one left.
    private let isTakenOver: Mutex<Bool>

    /// - Parameter inFlight: of all pollers of the same account.
    init(
        _ account: Account,
        _ reconcile: Configuration.Reconcile,
        _ inFlight: InFlightPolls,
        client: GatewayClient,
        ledger: Ledger,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        name = account.name
        lookup = StatusLookup(account.gateway, client: client, now: now)
        self.inFlight = inFlight
        self.ledger = ledger
        availability = AccountAvailability(account: account.name, ledger: ledger, logger: logger)
        self.logger = logger
        self.now = now
        budget = Mutex(PollBudget(reconcile, at: clock.now))
        isTakenOver = Mutex(!ledger.isShared)
    }

    /// Polls until the task is cancelled; a poll that is in flight then stays due. One that is in flight when the poller is
    /// retired is finished.
    func run() async {
        if !ledger.isShared { await show(nil) }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !isRetired {
                switch await next() {
                case .poll(let poll, let permit):
                    group.addTask {
                        await self.poll(poll, permit)
                        self.inFlight.wakeSignal?.signal()
                    }
                case .wait(let time):
                    await wakeSignal.wait(atMost: min(time, longestSleep))
                }
            }
            if inFlight.wakeSignal == nil, ledger.holds(.polling(account: name)) { await availability.recordPause(nil) }
        }
    }

    /// Goes on by another schedule.
    func reconfigure(_ reconcile: Configuration.Reconcile) {
        budget.withLock { $0.reconfigure(reconcile) }
        wakeSignal.signal()
    }

    /// Begins no poll any more, because the account is gone, and shows no pause.
    func retire() {
        inFlight.transfer(to: nil)
        availability.showRetired()
    }

    /// Shows until when polling is paused, by the clock as it is now: the pause itself goes by another one.
    func showPause() async {
        let pause = budget.withLock { $0.pause(at: clock.now) }
        await show(pause.map { (until: now() + $0.remaining, reason: $0.reason) })
    }

    private func show(_ pause: AccountAvailability.Pause?) async {
        if !isRetired { await availability.show(pause) }
    }

    /// Whether no poll is begun any more, because a reload took the account away or replaced this poller.
    private var isRetired: Bool { inFlight.wakeSignal !== wakeSignal }

    // MARK: What is next

    private func next() async -> Step {
        guard await isAsker() else { return .wait(.seconds(1)) }
        // The room that is left on the disk is for callbacks.
        guard ledger.unavailableReason(for: .polling) == nil else { return .wait(.seconds(2)) }
        let permit: CircuitBreaker.Permit
        switch budget.withLock({ $0.admit(inFlight: inFlight.count, at: clock.now) }) {
        case .wait(let time): return .wait(time)
        case .go(let admitted): permit = admitted
        }
        do {
            guard case .poll(let poll) = try await due(permit) else { return try await waitInstead(permit) }
            let delay = budget.withLock { $0.acquireRequest(at: clock.now) }
            guard delay > .zero else { return begin(poll, permit) }
            try await Task.sleep(for: delay)
            // A callback may have answered it meanwhile, or the account have gone.
            guard !isRetired, case .poll(let poll) = try await due(permit) else { return try await waitInstead(permit) }
            return begin(poll, permit)
        } catch {
            budget.withLock { $0.release(permit) }
            if !Task.isCancelled {
                logger.error("cannot read which polls are due", metadata: ["account": "\(name)", "error": "\(error)"])
            }
            return .wait(.seconds(5))
        }
    }

    /// Whether this receiver polls the account now. Before it begins, it records what another one left unfinished, and goes
    /// on with its pause.
    private func isAsker() async -> Bool {
        guard ledger.holds(.polling(account: name)) else {
            isTakenOver.withLock { $0 = false }
            return false
        }
        guard !isTakenOver.withLock({ $0 }) else { return true }
        do {
            // Its own it knows, also if it had lost the lease for a while, or a reload has brought this poller.
            let interrupted = try await ledger.recordInterrupted(of: name, besides: inFlight.allKnown, at: now())
            if !interrupted.isEmpty {
                logger.warning(
                    "a receiver ended during polls: they are sent again in their turn",
                    metadata: ["account": "\(name)", "polls": "\(interrupted.count)"]
                )
            }
            if let pause = try await ledger.pause(of: name), pause.until > now() {
                budget.withLock { $0.resume(pause.until - now(), pause.reason, at: clock.now) }
                await show(pause)
            } else {
                await show(nil)
            }
            isTakenOver.withLock { $0 = true }
            return true
        } catch  where !Task.isCancelled {
            logger.warning("cannot take polls over", metadata: ["account": "\(name)", "error": "\(error)"])
        } catch {
            // The shutdown interrupted it.
        }
        return false
    }

    /// How long nothing may happen that this is not told of. Of what another receiver records it may not be told.
    private var longestSleep: Duration {
        let longest = budget.withLock { $0.longestSleep }
        return ledger.isShared ? min(longest, .seconds(2)) : longest
    }

    private func due(_ permit: CircuitBreaker.Permit) async throws -> NextPoll {
        let besides = inFlight.all.union(budget.withLock { $0.leftOut(at: clock.now) })
        return try await ledger.due(of: name, besides: besides, isProbe: permit.isProbe, at: now())
    }

    private func begin(_ poll: DuePoll, _ permit: CircuitBreaker.Permit) -> Step {
        guard inFlight.begin(poll.id) else {
            // The poller before this one has just begun it.
            budget.withLock { $0.release(permit) }
            return .wait(.milliseconds(100))
        }
        return .poll(poll, permit)
    }

    private func waitInstead(_ permit: CircuitBreaker.Permit) async throws -> Step {
        budget.withLock { $0.release(permit) }
        switch try await due(permit) {
        case .poll: return .wait(.zero)
        case .nothing(nil): return .wait(longestSleep)
        case .nothing(let until?): return .wait(max(.milliseconds(1), until - now()))
        }
    }

    // MARK: One poll

    private func poll(_ poll: DuePoll, _ permit: CircuitBreaker.Permit) async {
        var isRecorded = false
        defer { inFlight.end(poll.id, isRecorded: isRecorded) }
        let askedAt = now()
        do {
            guard try await ledger.begin(poll, at: askedAt) else {
                isRecorded = true
                return postpone(poll, permit, for: .seconds(1))
            }
            let attempt = try await lookup.poll(
                poll.entity,
                method: poll.method,
                remembered: poll.endpoint,
                permit: { [self] in
                    let delay = budget.withLock { $0.acquireRequest(at: clock.now) }
                    try await Task.sleep(for: delay)
                }
            )
            let pause = await updateBreaker(attempt, of: poll, permit)
            let result = PollRecord(to: poll, attempt, pause: pause, askedAt: askedAt, recordedAt: now())
            availability.count(try await record(result), of: poll.entity)
            isRecorded = true
        } catch is CancellationError {
            budget.withLock { $0.release(permit) }
            // Where this cannot be written, the next start takes the poll for one during which the process ended: it waits a little.
            isRecorded = await (try? ledger.withdraw(poll)) != nil
        } catch {
            // Not recorded, so it stays due: it must neither be repeated at once, nor be in the way of the others.
            postpone(poll, permit, for: Self.postponement)
            logger.error(
                "poll result not recorded, will retry",
                metadata: ["account": "\(name)", "error": "\(error)"]
            )
        }
    }

    private func postpone(_ poll: DuePoll, _ permit: CircuitBreaker.Permit, for time: Duration) {
        budget.withLock { $0.postpone(poll.id, permit, until: clock.now + time) }
    }

    /// Records a result. What the ledger cannot take as a report is kept as undecodable.
    private func record(_ result: PollRecord) async throws(RecordingError) -> PollOutcome {
        do {
            return try await ledger.record(result)
        } catch .isRefused(let reason) {
            logger.error("poll result not understood", metadata: ["account": "\(name)", "error": "\(reason)"])
            return try await ledger.record(result.asUndecodable("the answer does not fit into the ledger"))
        }
    }

    /// - Returns: how long polling is paused.
    private func updateBreaker(
        _ attempt: PollAttempt?,
        of poll: DuePoll,
        _ permit: CircuitBreaker.Permit
    ) async -> Duration {
        var generator = SystemRandomNumberGenerator()
        let change = budget.withLock { budget in
            budget.record(
                attempt?.result,
                of: poll.id,
                retryAfter: attempt?.retryAfter,
                permit,
                at: clock.now,
                using: &generator
            )
        }
        switch change {
        case .none:
            return .zero
        case .opened(let pause, let reason):
            availability.logPause(pause, reason, detail: attempt?.detail)
            await show((until: now() + pause, reason: reason))
            return pause
        case .closed:
            logger.notice("gateway answers again, polling resumed", metadata: ["account": "\(name)"])
            await show(nil)
            return .zero
        }
    }
}
