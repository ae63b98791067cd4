import ConfigurationFile
import Gateways
import Ledger
import Logging
import Payments
import Synchronization

/// Asks one account's gateway about what is due, as fast as good manners allow: so many a second, so many at a time, and not
/// at all while the gateway is in trouble.
final class AccountPoller: Sendable {
    private struct State {
        var pace: Pace
        var bucket: TokenBucket
        var breaker = CircuitBreaker()
        /// What could not be decoded since the last answer that could.
        var undecodable: Set<DuePoll.ID> = []
        /// Questions whose answers could not be recorded, and until when they are not asked again.
        var postponed: [DuePoll.ID: ContinuousClock.Instant] = [:]
        /// The outcome that was told last: the same trouble is logged once.
        var logged: PollOutcome?
    }

    /// What a reload may change while it asks.
    private struct Pace {
        let concurrency: Int
        let longestSleep: Duration

        init(_ reconcile: Configuration.Reconcile) {
            concurrency = reconcile.concurrency
            // What is planned while it sleeps is seen in time.
            let shortestPause = max(reconcile.schedule.shortestPause, .milliseconds(100))
            longestSleep = min(AccountPoller.longestSleep, shortestPause)
        }
    }

    private enum Step {
        case ask(DuePoll, CircuitBreaker.Permit)
        case wait(Duration)
    }

    /// Nobody sleeps longer than this, whatever is planned.
    private static let longestSleep = Duration.seconds(30)
    private static let mostUndecodable = 10
    /// How long a question rests whose answer could not be recorded.
    private static let postponement = Duration.seconds(60)

    let wakeSignal = WakeSignal()
    private let name: String
    private let lookup: StatusLookup
    private let inFlight: InFlightPolls
    private let ledger: Ledger
    private let counters: PollCounters
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let clock = ContinuousClock()
    private let state: Mutex<State>

    /// - Parameter underWay: of all askers of the same account.
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
        counters = PollCounters(account: account.name)
        self.logger = logger
        self.now = now
        let bucket = TokenBucket(perSecond: reconcile.requestsPerSecond, at: clock.now)
        state = Mutex(State(pace: Pace(reconcile), bucket: bucket))
    }

    /// Asks until the task is cancelled; a question that is under way then stays due. One that is under way when the asker
    /// leaves is finished.
    func run() async {
        await show(nil)
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !isRetired {
                switch await next() {
                case .ask(let poll, let permit):
                    group.addTask {
                        await self.poll(poll, permit)
                        self.inFlight.wakeSignal?.signal()
                    }
                case .wait(let time):
                    await wakeSignal.wait(atMost: min(time, longestSleep))
                }
            }
            guard inFlight.wakeSignal == nil else { return }
            // Shown, as every pause: what cannot be written now is not relied upon.
            try? await ledger.pause(name, until: nil, reason: nil)
        }
    }

    /// Goes on asking by another schedule.
    func reconfigure(_ reconcile: Configuration.Reconcile) {
        state.withLock { state in
            state.pace = Pace(reconcile)
            state.bucket.change(perSecond: reconcile.requestsPerSecond)
        }
        wakeSignal.signal()
    }

    /// Begins no question any more, because the account is gone, and shows no trouble.
    func retire() {
        inFlight.transfer(to: nil)
        counters.show(isPaused: false)
    }

    /// Whether nothing is begun any more, because a reload took the account away or put another asker in the place.
    private var isRetired: Bool { inFlight.wakeSignal !== wakeSignal }
    private var longestSleep: Duration { state.withLock { $0.pace.longestSleep } }

    // MARK: What is next

    private func next() async -> Step {
        // An answer could not be recorded, and the room that is left is the callbacks'.
        guard ledger.unavailableReason(for: .polling) == nil else { return .wait(.seconds(2)) }
        let admission = state.withLock { state in
            inFlight.count < state.pace.concurrency
                ? state.breaker.admit(at: clock.now) : .wait(state.pace.longestSleep)
        }
        let permit: CircuitBreaker.Permit
        switch admission {
        case .wait(let time): return .wait(time)
        case .go(let admitted): permit = admitted
        }
        do {
            guard case .poll(let poll) = try await due(permit) else { return try await waitInstead(permit) }
            let delay = state.withLock { $0.bucket.acquire(at: clock.now) }
            guard delay > .zero else { return begin(poll, permit) }
            try await Task.sleep(for: delay)
            // A callback may have answered it meanwhile, or the account have gone.
            guard !isRetired, case .poll(let poll) = try await due(permit) else { return try await waitInstead(permit) }
            return begin(poll, permit)
        } catch {
            state.withLock { $0.breaker.release(permit) }
            if !Task.isCancelled {
                logger.error("cannot read what is due", metadata: ["account": "\(name)", "error": "\(error)"])
            }
            return .wait(.seconds(5))
        }
    }

    private func due(_ permit: CircuitBreaker.Permit) async throws -> NextPoll {
        let besides = state.withLock { state in
            state.postponed = state.postponed.filter { $0.value > clock.now }
            return inFlight.all.union(state.postponed.keys)
        }
        return try await ledger.due(of: name, besides: besides, isProbe: permit.isProbe, at: now())
    }

    private func begin(_ poll: DuePoll, _ permit: CircuitBreaker.Permit) -> Step {
        guard inFlight.begin(poll.id) else {
            // The asker before has just begun it.
            state.withLock { $0.breaker.release(permit) }
            return .wait(.milliseconds(100))
        }
        return .ask(poll, permit)
    }

    private func waitInstead(_ permit: CircuitBreaker.Permit) async throws -> Step {
        state.withLock { $0.breaker.release(permit) }
        switch try await due(permit) {
        case .poll: return .wait(.zero)
        case .nothing(nil): return .wait(longestSleep)
        case .nothing(let until?): return .wait(max(.milliseconds(1), until - now()))
        }
    }

    // MARK: One question

    private func poll(_ poll: DuePoll, _ permit: CircuitBreaker.Permit) async {
        defer { inFlight.end(poll.id) }
        let askedAt = now()
        do {
            guard try await ledger.begin(poll, at: askedAt) else { return postpone(poll, permit, for: .seconds(1)) }
            let attempt = try await lookup.ask(
                about: poll.entity,
                method: poll.method,
                remembered: poll.endpoint,
                permit: { [self] in
                    let delay = state.withLock { $0.bucket.acquire(at: clock.now) }
                    try await Task.sleep(for: delay)
                }
            )
            let pause = await updateBreaker(attempt, about: poll, permit)
            let answer = PollRecord(to: poll, attempt, pause: pause, askedAt: askedAt, recordedAt: now())
            let outcome = try await record(answer)
            log(outcome, answer)
        } catch is CancellationError {
            state.withLock { $0.breaker.release(permit) }
            // What cannot be written now looks like a question during which the process ended: it waits a little longer.
            try? await ledger.withdraw(poll)
        } catch {
            // Not recorded, so it stays due: it must neither be asked again at once, nor be in the way of the others.
            postpone(poll, permit, for: Self.postponement)
            logger.error("answer not recorded", metadata: ["account": "\(name)", "error": "\(error)"])
        }
    }

    private func postpone(_ poll: DuePoll, _ permit: CircuitBreaker.Permit, for time: Duration) {
        state.withLock { state in
            state.breaker.release(permit)
            state.postponed[poll.id] = clock.now + time
        }
    }

    /// Records an answer. What the ledger cannot take as a report is kept as one that cannot be understood.
    private func record(_ answer: PollRecord) async throws(RecordingError) -> PollOutcome {
        do {
            return try await ledger.record(answer)
        } catch .isRefused(let reason) {
            logger.error("answer not understood", metadata: ["account": "\(name)", "error": "\(reason)"])
            return try await ledger.record(answer.asUndecodable("what it says does not fit into the ledger"))
        }
    }

    /// Takes to heart how the gateway is: trouble opens the breaker, whatever can be read closes it.
    ///
    /// - Returns: how long the gateway is left alone.
    private func updateBreaker(_ attempt: PollAttempt?, about poll: DuePoll, _ permit: CircuitBreaker.Permit) async
        -> Duration
    {
        switch attempt?.result {
        case .unavailable:
            return await openBreaker(permit, .unavailable, attempt)
        case .rateLimited:
            return await openBreaker(permit, .rateLimited, attempt)
        case .undecodable where isRubbish(after: poll):
            return await openBreaker(permit, .undecodable, attempt)
        case .undecodable, .interrupted, nil:
            // It stays with its own payment: it neither is trouble of the gateway, nor shows that there is none.
            state.withLock { $0.breaker.release(permit) }
            return .zero
        case .report, .notFound, .unauthorized, .foreign:
            let isClosed = state.withLock { state in
                state.undecodable = []
                let wasOpen = state.breaker.pause(at: clock.now) != nil
                state.breaker.close(permit, at: clock.now)
                return wasOpen && state.breaker.pause(at: clock.now) == nil
            }
            if isClosed {
                logger.notice("gateway answers again", metadata: ["account": "\(name)"])
                await show(nil)
            }
            return .zero
        }
    }

    /// Whether so many answers about different things could not be decoded one after the other that the trouble is the gateway's.
    private func isRubbish(after poll: DuePoll) -> Bool {
        state.withLock { state in
            if state.undecodable.count < Self.mostUndecodable { state.undecodable.insert(poll.id) }
            return state.undecodable.count == Self.mostUndecodable
        }
    }

    private func openBreaker(_ permit: CircuitBreaker.Permit, _ reason: PollOutcome, _ attempt: PollAttempt?) async
        -> Duration
    {
        let pause = fail(permit, reason, retryAfter: attempt?.retryAfter)
        logger.warning(
            "gateway in trouble, it is left alone for a while",
            metadata: [
                "account": "\(name)", "trouble": "\(reason.rawValue)", "reason": "\(attempt?.detail ?? "unknown")",
                "pause": "\(pause.wholeMilliseconds)ms",
            ]
        )
        await show((until: now() + pause, reason: reason))
        return pause
    }

    private func fail(_ permit: CircuitBreaker.Permit, _ reason: PollOutcome, retryAfter: Duration?) -> Duration {
        state.withLock { state in
            var generator = SystemRandomNumberGenerator()
            state.breaker.fail(
                permit,
                reason: reason.rawValue,
                retryAfter: retryAfter,
                at: clock.now,
                using: &generator
            )
            return state.breaker.pause(at: clock.now)?.remaining ?? .zero
        }
    }

    /// Shows in `account_health` how the account stands.
    private func show(_ pause: (until: Timestamp, reason: PollOutcome)?) async {
        guard !isRetired else { return }
        counters.show(isPaused: pause != nil)
        // It is shown, not relied upon: what cannot be written now is shown by the next change.
        try? await ledger.pause(name, until: pause?.until, reason: pause?.reason)
    }

    /// Shows until when the gateway is left alone, by the clock as it is now: the pause itself goes by another one.
    func showPause() async {
        let pause = state.withLock { $0.breaker.pause(at: clock.now) }
        await show(
            pause.flatMap { pause in
                PollOutcome(rawValue: pause.reason).map { (until: now() + pause.remaining, reason: $0) }
            }
        )
    }

    private func log(_ outcome: PollOutcome, _ answer: PollRecord) {
        counters.count(outcome)
        let isNews = state.withLock { state in
            defer { state.logged = outcome }
            return state.logged != outcome
        }
        let metadata: Logger.Metadata = [
            "account": "\(name)", "entity": "\(answer.poll.entity.kind)", "outcome": "\(outcome.rawValue)",
        ]
        logger.debug("gateway asked", metadata: metadata)
        if isNews, outcome == .unauthorized {
            logger.error(
                "the gateway refuses the account's credentials: see its secret and the gateway's list of addresses",
                metadata: metadata
            )
        }
    }
}
