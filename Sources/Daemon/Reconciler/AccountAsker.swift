import Gateways
import Ledger
import Logging
import Payments
import Synchronization

/// Asks one account's gateway about what is due, as fast as good manners allow: so many a second, so many at a time, and not
/// at all while the gateway is in trouble.
final class AccountAsker: Sendable {
    private struct State {
        var pace: Pace
        var bucket: TokenBucket
        var breaker = Breaker()
        /// What could not be decoded since the last answer that could.
        var undecodable: Set<DuePoll.ID> = []
        /// Questions whose answers could not be recorded, and until when they are not asked again.
        var avoided: [DuePoll.ID: ContinuousClock.Instant] = [:]
        /// The outcome that was told last: the same trouble is logged once.
        var told: PollOutcome?
    }

    /// What a reload may change while it asks.
    private struct Pace {
        let concurrency: Int
        let longestSleep: Duration

        init(_ reconcile: Configuration.Reconcile) {
            concurrency = reconcile.concurrency
            // What is planned while it sleeps is seen in time.
            let shortestPause = max(reconcile.schedule.shortestPause, .milliseconds(100))
            longestSleep = min(AccountAsker.longestSleep, shortestPause)
        }
    }

    private enum Step {
        case ask(DuePoll, Breaker.Turn)
        case wait(Duration)
    }

    /// Nobody sleeps longer than this, whatever is planned.
    private static let longestSleep = Duration.seconds(30)
    private static let mostUndecodable = 10
    /// How long a question rests whose answer could not be recorded.
    private static let avoidance = Duration.seconds(60)

    let bell = Bell()
    private let name: String
    private let inquiry: Inquiry
    private let underWay: QuestionsUnderWay
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
        _ underWay: QuestionsUnderWay,
        client: GatewayClient,
        ledger: Ledger,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        name = account.name
        inquiry = Inquiry(account.gateway, client: client, now: now)
        self.underWay = underWay
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
            while !Task.isCancelled, !isLeaving {
                switch await next() {
                case .ask(let poll, let turn):
                    group.addTask {
                        await self.put(poll, turn)
                        self.underWay.bell?.ring()
                    }
                case .wait(let time):
                    await bell.wait(atMost: min(time, longestSleep))
                }
            }
            guard underWay.bell == nil else { return }
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
        bell.ring()
    }

    /// Begins no question any more, because the account is gone, and shows no trouble.
    func leave() {
        underWay.hand(to: nil)
        counters.show(isPaused: false)
    }

    /// Whether nothing is begun any more, because a reload took the account away or put another asker in the place.
    private var isLeaving: Bool { underWay.bell !== bell }
    private var longestSleep: Duration { state.withLock { $0.pace.longestSleep } }

    // MARK: What is next

    private func next() async -> Step {
        // An answer could not be recorded, and the room that is left is the callbacks'.
        guard ledger.unavailableReason(for: .polling) == nil else { return .wait(.seconds(2)) }
        let admission = state.withLock { state in
            underWay.count < state.pace.concurrency
                ? state.breaker.admit(at: clock.now) : .wait(state.pace.longestSleep)
        }
        let turn: Breaker.Turn
        switch admission {
        case .wait(let time): return .wait(time)
        case .go(let admitted): turn = admitted
        }
        do {
            guard case .poll(let poll) = try await due(turn) else { return try await giveUp(turn) }
            let delay = state.withLock { $0.bucket.take(at: clock.now) }
            guard delay > .zero else { return begin(poll, turn) }
            try await Task.sleep(for: delay)
            // A callback may have answered it meanwhile, or the account have gone.
            guard !isLeaving, case .poll(let poll) = try await due(turn) else { return try await giveUp(turn) }
            return begin(poll, turn)
        } catch {
            state.withLock { $0.breaker.giveBack(turn) }
            if !Task.isCancelled {
                logger.error("cannot read what is due", metadata: ["account": "\(name)", "error": "\(error)"])
            }
            return .wait(.seconds(5))
        }
    }

    private func due(_ turn: Breaker.Turn) async throws -> NextPoll {
        let besides = state.withLock { state in
            state.avoided = state.avoided.filter { $0.value > clock.now }
            return underWay.all.union(state.avoided.keys)
        }
        return try await ledger.due(of: name, besides: besides, isProbe: turn.isProbe, at: now())
    }

    private func begin(_ poll: DuePoll, _ turn: Breaker.Turn) -> Step {
        guard underWay.begin(poll.id) else {
            // The asker before has just begun it.
            state.withLock { $0.breaker.giveBack(turn) }
            return .wait(.milliseconds(100))
        }
        return .ask(poll, turn)
    }

    private func giveUp(_ turn: Breaker.Turn) async throws -> Step {
        state.withLock { $0.breaker.giveBack(turn) }
        switch try await due(turn) {
        case .poll: return .wait(.zero)
        case .nothing(nil): return .wait(longestSleep)
        case .nothing(let until?): return .wait(max(.milliseconds(1), until - now()))
        }
    }

    // MARK: One question

    private func put(_ poll: DuePoll, _ turn: Breaker.Turn) async {
        defer { underWay.end(poll.id) }
        let askedAt = now()
        do {
            guard try await ledger.begin(poll, at: askedAt) else { return putOff(poll, turn, for: .seconds(1)) }
            let asked = try await inquiry.ask(
                about: poll.entity,
                method: poll.method,
                remembered: poll.endpoint,
                permit: { [self] in
                    let delay = state.withLock { $0.bucket.take(at: clock.now) }
                    try await Task.sleep(for: delay)
                }
            )
            let pause = await heed(asked, about: poll, turn)
            let answer = PollRecord(to: poll, asked, pause: pause, askedAt: askedAt, recordedAt: now())
            let outcome = try await record(answer)
            tell(outcome, answer)
        } catch is CancellationError {
            state.withLock { $0.breaker.giveBack(turn) }
            // What cannot be written now looks like a question during which the process ended: it waits a little longer.
            try? await ledger.withdraw(poll)
        } catch {
            // Not recorded, so it stays due: it must neither be asked again at once, nor be in the way of the others.
            putOff(poll, turn, for: Self.avoidance)
            logger.error("answer not recorded", metadata: ["account": "\(name)", "error": "\(error)"])
        }
    }

    private func putOff(_ poll: DuePoll, _ turn: Breaker.Turn, for time: Duration) {
        state.withLock { state in
            state.breaker.giveBack(turn)
            state.avoided[poll.id] = clock.now + time
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
    private func heed(_ asked: Asked?, about poll: DuePoll, _ turn: Breaker.Turn) async -> Duration {
        switch asked?.result {
        case .unavailable:
            return await leaveAlone(turn, .unavailable, asked)
        case .rateLimited:
            return await leaveAlone(turn, .rateLimited, asked)
        case .undecodable where isRubbish(after: poll):
            return await leaveAlone(turn, .undecodable, asked)
        case .undecodable, .interrupted, nil:
            // It stays with its own payment: it neither is trouble of the gateway, nor shows that there is none.
            state.withLock { $0.breaker.giveBack(turn) }
            return .zero
        case .report, .notFound, .unauthorized, .foreign:
            let isClosed = state.withLock { state in
                state.undecodable = []
                let wasOpen = state.breaker.pause(at: clock.now) != nil
                state.breaker.close(turn, at: clock.now)
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

    private func leaveAlone(_ turn: Breaker.Turn, _ reason: PollOutcome, _ asked: Asked?) async -> Duration {
        let pause = fail(turn, reason, retryAfter: asked?.retryAfter)
        logger.warning(
            "gateway in trouble, it is left alone for a while",
            metadata: [
                "account": "\(name)", "trouble": "\(reason.rawValue)", "reason": "\(asked?.detail ?? "unknown")",
                "pause": "\(pause.wholeMilliseconds)ms",
            ]
        )
        await show((until: now() + pause, reason: reason))
        return pause
    }

    private func fail(_ turn: Breaker.Turn, _ reason: PollOutcome, retryAfter: Duration?) -> Duration {
        state.withLock { state in
            var generator = SystemRandomNumberGenerator()
            state.breaker.fail(
                turn,
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
        guard !isLeaving else { return }
        counters.show(isPaused: pause != nil)
        // It is shown, not relied upon: what cannot be written now is shown by the next change.
        try? await ledger.pause(name, until: pause?.until, reason: pause?.reason)
    }

    /// Shows until when the gateway is left alone, by the clock as it is now: the pause itself goes by another one.
    func showAgain() async {
        let pause = state.withLock { $0.breaker.pause(at: clock.now) }
        await show(
            pause.flatMap { pause in
                PollOutcome(rawValue: pause.reason).map { (until: now() + pause.remaining, reason: $0) }
            }
        )
    }

    private func tell(_ outcome: PollOutcome, _ answer: PollRecord) {
        counters.count(outcome)
        let isNews = state.withLock { state in
            defer { state.told = outcome }
            return state.told != outcome
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
