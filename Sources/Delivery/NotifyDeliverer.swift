import ConfigurationFile
import Ledger
import Logging
import OutboundHTTP
import Payments
import Synchronization

/// Tells one target of transitions: strictly one at a time, in the order of their numbers.
///
/// The cursor in the ledger is written a moment behind what is delivered; what a process did not write in time is sent
/// again, under the same id.
final class NotifyDeliverer: Deliverer {
    private struct State {
        var target: NotifyTarget
        /// Whether something may have been recorded since the last look.
        var hasNews = true
    }

    /// How far the cursor may be behind.
    private static let mostUnrecorded = 64
    private static let longestUnrecorded = Duration.milliseconds(250)
    private static let readAtOnce = 100
    /// What was read longer ago is read again: whether an order is paid is told as it is then.
    private static let longestAge = Duration.seconds(1)
    /// While the first event waits to be sent again, only an operator brings its time forward.
    private static let pauseOfWaiting = Duration.seconds(2)

    let id: DeliveryTarget.ID
    let end = DelivererEnd()
    private let ledger: Ledger
    private let gate: TargetGate
    private let sender: DeliverySender
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let clock = ContinuousClock()
    private let wakeSignal = WakeSignal()
    private let cursor: WriteBehind<NotifyProgress>
    private let state: Mutex<State>

    init(
        _ target: NotifyTarget,
        client: DeliveryClient,
        ledger: Ledger,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let logger = logger.naming(target.id, url: target.url.shown)
        id = target.id
        self.ledger = ledger
        self.logger = logger
        self.now = now
        gate = TargetGate(target.id, ledger: ledger, logger: logger, now: now)
        let meter = DeliveryMeter(target.id, logger: logger)
        sender = DeliverySender(client: client, gate: gate, meter: meter, now: now)
        cursor = WriteBehind(delay: Self.longestUnrecorded, atOnce: Self.mostUnrecorded, logger: logger)
        state = Mutex(State(target: target))
    }

    /// Goes on by other settings; the request under way is finished as it was begun.
    func reconfigure(_ target: NotifyTarget) {
        let before = state.withLock { state in
            defer { state.target = target }
            return state.target
        }
        if before.url != target.url { gate.forget() }
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
                await self.cursor.run { group async throws(RecordingError) in try await self.record(group) }
            }
            await self.end.limit { await self.sendAll() }
            self.cursor.finish()
            self.gate.finish()
        }
    }

    private func sendAll() async {
        var looks = NotifyLooks(at: clock.now)
        while !end.hasBegun {
            let rest = await sendPage(&looks)
            if rest > .zero { await wakeSignal.wait(atMost: min(rest, longestPause)) }
        }
    }

    /// How long nothing may happen that this is not told of. Of what another receiver records it may not be told.
    private var longestPause: Duration { ledger.isShared ? .seconds(2) : .seconds(5) }

    // MARK: A page

    /// Sends some events.
    ///
    /// - Returns: how long to wait for the next.
    private func sendPage(_ looks: inout NotifyLooks) async -> Duration {
        let hasNews = state.withLock { $0.hasNews }
        let shortest = DeliveryPace.pauseBetweenLooks(unanswered: ledger.unansweredRequests)
        let start = looks.nextStart(hasNews: hasNews, pauseBetweenLooks: shortest, at: clock.now)
        guard start <= clock.now else { return clock.now.duration(to: start) }
        var permit: CircuitBreaker.Permit
        switch await gate.admit() {
        case .wait(let time): return time
        case .go(let admitted): permit = admitted
        }
        state.withLock { $0.hasNews = false }
        let page: PendingEvents
        do {
            // Everything before is durable: the stored cursor counts, and an operator may have moved it.
            page = try await ledger.pendingEvents(of: id, after: nil, limit: Self.readAtOnce)
        } catch {
            gate.release(permit)
            if !Task.isCancelled {
                logger.error("cannot read which events are to be notified", metadata: ["error": "\(error)"])
            }
            return .seconds(2)
        }
        let readAt = clock.now
        let wait = waitingTime(of: page)
        guard wait == nil, !page.events.isEmpty else {
            gate.release(permit)
            if page.events.isEmpty, !page.hasGivenUp, looks.mayPass(to: page.upTo, at: readAt) {
                cursor.append(.passed(after: page.after, upTo: page.upTo))
                await cursor.drain()
                // There may be more behind what was examined.
                looks.found(nothingFor: .zero, atLeast: .zero, at: readAt)
                return .zero
            }
            let least = wait == nil ? Duration.zero : Self.pauseOfWaiting
            looks.found(nothingFor: wait ?? longestPause, atLeast: least, at: readAt)
            return .zero
        }
        looks.found(nothingFor: .zero, atLeast: .zero, at: readAt)
        var position = page.after
        for (index, event) in page.events.enumerated() {
            if index > 0 {
                guard !end.hasBegun, clock.now < readAt + Self.longestAge else { break }
                let rest = DeliveryPace.rest(unanswered: ledger.unansweredRequests)
                // It fails only when cancelled, and then the request does.
                if rest > .zero { try? await Task.sleep(for: rest) }
                guard case .go(let next) = await gate.admit() else { break }
                permit = next
            }
            let isLast = index == page.events.count - 1
            let attempt = Attempt(
                event: event,
                after: position,
                upTo: isLast ? max(page.upTo, event.seq) : event.seq,
                attempts: index == 0 ? page.attempts : 0,
                firstAttemptAt: index == 0 ? page.firstAttemptAt : nil
            )
            guard await send(attempt, permit) else { break }
            position = attempt.upTo
            looks.delivered(upTo: position)
        }
        await cursor.drain()
        return .zero
    }

    /// How long the first event still has to wait; `nil` if it may be sent.
    private func waitingTime(of page: PendingEvents) -> Duration? {
        // It never skips: somebody has to order that it goes on.
        if page.hasGivenUp { return longestPause }
        guard let next = page.nextAttemptAt else { return nil }
        let wait = next - now()
        // What is planned for later than any schedule does was planned by a clock that ran ahead.
        return wait > .zero && wait <= DeliverySchedule.longestPause ? wait : nil
    }

    // MARK: One event

    private struct Attempt {
        let event: PaymentEvent
        /// Where the cursor is before.
        let after: Int64
        /// Where the cursor is once it is delivered.
        let upTo: Int64
        /// Made before.
        let attempts: Int
        let firstAttemptAt: Timestamp?
    }

    /// - Returns: whether it was delivered, so that the next may follow.
    private func send(_ attempt: Attempt, _ permit: CircuitBreaker.Permit) async -> Bool {
        let target = state.withLock { $0.target }
        let history = DeliverySender.History(
            attempts: attempt.attempts,
            firstAttemptAt: attempt.firstAttemptAt,
            giveUpAfter: target.giveUpAfter
        )
        do {
            let (outcome, answeredAt) = try await sender.send(
                DeliveryRequest(notifying: attempt.event, to: target, at: now()),
                timeout: target.timeout,
                after: history,
                permit,
                ["seq": "\(attempt.event.seq)"]
            )
            switch outcome {
            case .delivered(let status):
                cursor.append(
                    .delivered(after: attempt.after, upTo: attempt.upTo, status: status, at: answeredAt)
                )
                return true
            case .failed, .gaveUp:
                cursor.append(
                    .failed(
                        after: attempt.after,
                        seq: attempt.event.seq,
                        attempts: attempt.attempts,
                        outcome,
                        at: answeredAt
                    )
                )
                return false
            }
        } catch {
            return false
        }
    }

    private func record(_ group: [NotifyProgress]) async throws(RecordingError) {
        for progress in group.withoutOvertaken { try await ledger.record(progress, of: id) }
    }
}

extension [NotifyProgress] {
    /// Without what the next one says as well: of deliveries in a row, the last says it all.
    fileprivate var withoutOvertaken: [NotifyProgress] {
        var rest: [NotifyProgress] = []
        for progress in self {
            switch (rest.last, progress) {
            case (.delivered(let after, _, _, _)?, .delivered(_, let upTo, let status, let time)),
                (.passed(let after, _)?, .delivered(_, let upTo, let status, let time)):
                rest[rest.count - 1] = .delivered(after: after, upTo: upTo, status: status, at: time)
            case (.passed(let after, _)?, .passed(_, let upTo)):
                rest[rest.count - 1] = .passed(after: after, upTo: upTo)
            case (.delivered?, .passed), (.delivered?, .failed), (.passed?, .failed), (.failed?, _), (.none, _):
                rest.append(progress)
            }
        }
        return rest
    }
}
