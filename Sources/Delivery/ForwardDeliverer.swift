import ConfigurationFile
import Ledger
import Logging
import OutboundHTTP
import Payments
import Synchronization

/// Forwards callbacks to one target: those of different payments beside each other, those of one payment in their
/// order, which the ledger keeps.
///
/// A callback stays in flight until its result is durable, so nothing is sent twice meanwhile.
final class ForwardDeliverer: Deliverer {
    private enum Step {
        case send(DueForward, CircuitBreaker.Permit)
        case wait(Duration)
    }

    private struct State {
        var route: ForwardRoute
        /// The rows that are being sent, or whose results are not durable yet, with their payments.
        var inFlight: [Int64: String?] = [:]
        /// How many requests are under way.
        var requests = 0
        /// Whether something may be due since the last look.
        var hasNews = true
    }

    /// So many results may wait to be written; a process that is killed sends these callbacks again.
    private static let mostUnrecorded = 64
    /// How many rows are read at a time, unless more can be sent at once.
    private static let readAtOnce = 16
    /// Among so many rows a probe is chosen.
    private static let probeChoice = 8
    private static let shortestPause = Duration.milliseconds(100)

    let id: DeliveryTarget.ID
    let end = DelivererEnd()
    private let ledger: Ledger
    private let gate: TargetGate
    private let sender: DeliverySender
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let clock = ContinuousClock()
    private let wakeSignal = WakeSignal()
    private let results: WriteBehind<ForwardResult>
    private let state: Mutex<State>

    init(
        _ route: ForwardRoute,
        client: DeliveryClient,
        ledger: Ledger,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let logger = logger.naming(route.id, url: route.target.url.shown)
        id = route.id
        self.ledger = ledger
        self.logger = logger
        self.now = now
        gate = TargetGate(route.id, ledger: ledger, logger: logger, now: now)
        let meter = DeliveryMeter(route.id, logger: logger)
        sender = DeliverySender(client: client, gate: gate, meter: meter, now: now)
        results = WriteBehind(logger: logger)
        state = Mutex(State(route: route))
    }

    /// Goes on by other settings; what is under way is finished as it was begun.
    func reconfigure(_ route: ForwardRoute) {
        let before = state.withLock { state in
            defer { state.route = route }
            return state.route
        }
        if before.target.url != route.target.url { gate.forget() }
        signal()
    }

    func signal() {
        state.withLock { $0.hasNews = true }
        wakeSignal.signal()
    }

    func deliver() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.gate.run() }
            group.addTask {
                await self.results.run { group async throws(RecordingError) in try await self.record(group) }
            }
            await self.end.limit { await self.sendAll() }
            self.results.finish()
            self.gate.finish()
        }
    }

    /// Sends what is due until the end has begun, and then waits for what is under way.
    private func sendAll() async {
        await withDiscardingTaskGroup { group in
            var rows = DueRows(at: clock.now)
            while !end.hasBegun {
                switch await next(&rows) {
                case .send(let row, let permit): group.addTask { await self.send(row, permit) }
                case .wait(let time): await wakeSignal.wait(atMost: time)
                }
            }
        }
    }

    // MARK: What is next

    private func next(_ rows: inout DueRows) async -> Step {
        let unanswered = ledger.unansweredRequests
        let (requests, most, hasNews) = state.withLock { ($0.requests, $0.route.target.concurrency, $0.hasNews) }
        guard requests < DeliveryPace.concurrency(of: most, unanswered: unanswered), results.count < Self.mostUnrecorded
        else {
            return .wait(longestPause)
        }
        let start = rows.nextStart(
            hasNews: hasNews,
            pauseBetweenLooks: DeliveryPace.pauseBetweenLooks(unanswered: unanswered),
            rest: DeliveryPace.rest(unanswered: unanswered),
            at: clock.now
        )
        guard start <= clock.now else { return .wait(min(clock.now.duration(to: start), longestPause)) }
        switch await gate.admit() {
        case .wait(let time):
            rows.clear(at: clock.now)
            return .wait(min(time, longestPause))
        case .go(let permit):
            do {
                if permit.isProbe { rows.clear(at: clock.now) }
                if rows.isEmpty { try await look(into: &rows, isProbe: permit.isProbe, atLeast: most) }
                guard let row = rows.take(at: clock.now) else {
                    gate.release(permit)
                    return .wait(.zero)
                }
                state.withLock { state in
                    state.inFlight.updateValue(row.paymentID, forKey: row.id)
                    state.requests += 1
                }
                return .send(row, permit)
            } catch {
                gate.release(permit)
                if !Task.isCancelled {
                    logger.error("cannot read which callbacks are to be forwarded", metadata: ["error": "\(error)"])
                }
                return .wait(.seconds(2))
            }
        }
    }

    /// How long nothing may happen that this is not told of. Of what another receiver records it may not be told.
    private var longestPause: Duration { ledger.isShared ? .seconds(2) : .seconds(5) }

    private func look(into rows: inout DueRows, isProbe: Bool, atLeast most: Int) async throws {
        let inFlight = state.withLock { state in
            state.hasNews = false
            return state.inFlight
        }
        let limit = isProbe ? Self.probeChoice : max(Self.readAtOnce, most)
        let due = try await ledger.dueForwards(to: id, besides: Set(inFlight.keys), limit: limit, at: now())
        // A payment whose callbacks were ordered again may have another one under way.
        let busy = Set(inFlight.values.compactMap(\.self))
        let forwards = due.forwards.filter { $0.paymentID.map { !busy.contains($0) } ?? true }
        guard !isProbe || forwards.isEmpty else {
            // What has been tried least often: a body that the target never takes must not be the only probe.
            let probe = forwards.min { $0.attempts < $1.attempts }
            return rows.replace(with: probe.map { [$0] } ?? [], nextLook: .zero, at: clock.now)
        }
        let untilNext = due.next.map { max($0 - now(), Self.shortestPause) } ?? longestPause
        // What waits for one under way is looked for when that is recorded.
        let nextLook = due.forwards.count < limit || forwards.isEmpty ? min(untilNext, longestPause) : .zero
        rows.replace(with: forwards, nextLook: nextLook, at: clock.now)
    }

    // MARK: One callback

    private func send(_ row: DueForward, _ permit: CircuitBreaker.Permit) async {
        let route = state.withLock { $0.route }
        let history = DeliverySender.History(
            attempts: row.attempts,
            firstAttemptAt: row.firstAttemptAt,
            giveUpAfter: route.target.giveUpAfter
        )
        do {
            let (outcome, answeredAt) = try await sender.send(
                DeliveryRequest(forwarding: row, by: route),
                timeout: route.target.timeout,
                after: history,
                permit,
                ["callback": "\(row.callback)"]
            )
            results.append(
                ForwardResult(
                    forward: row.id,
                    callback: row.callback,
                    generation: row.generation,
                    outcome: outcome,
                    at: answeredAt
                )
            )
            state.withLock { $0.requests -= 1 }
        } catch {
            state.withLock { state in
                state.requests -= 1
                state.inFlight[row.id] = nil
            }
        }
        wakeSignal.signal()
    }

    private func record(_ group: [ForwardResult]) async throws(RecordingError) {
        try await ledger.record(group, to: id)
        state.withLock { state in
            for result in group { state.inFlight[result.forward] = nil }
            // What waited behind them may be due.
            state.hasNews = true
        }
        wakeSignal.signal()
    }
}
