import Ledger
import Logging
import OutboundHTTP
import Payments
import Synchronization

/// Whether a target is sent anything now: this receiver holds its lease, results can be recorded, and its breaker is
/// not open. It shows in the view `targets` and in the log when a target is left alone.
final class TargetGate: Sendable {
    private struct Pause: Sendable {
        let until: Timestamp
        let reason: String
    }

    private struct State {
        var breaker = TargetBreaker()
        /// Whether this receiver has taken the target up, and with it what it shows.
        var isTakenUp = false
        /// When the ledger may be asked next whether an operator has ended the pause.
        var nextQuestion = ContinuousClock.now
    }

    private static let pauseBetweenQuestions = Duration.seconds(1)

    private let id: DeliveryTarget.ID
    private let ledger: Ledger
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let clock = ContinuousClock()
    private let state = Mutex(State())
    /// What to show; `nil` ends a pause.
    private let pauses: WriteBehind<Pause?>

    /// - Parameter logger: names the target.
    init(_ id: DeliveryTarget.ID, ledger: Ledger, logger: Logger, now: @escaping @Sendable () -> Timestamp) {
        self.id = id
        self.ledger = ledger
        self.logger = logger
        self.now = now
        pauses = WriteBehind(logger: logger)
    }

    /// Writes pauses into the ledger until ``finish()``.
    func run() async {
        await pauses.run { pauses async throws(RecordingError) in
            // Only how it stands now is shown.
            guard let pause = pauses.last else { return }
            try await self.ledger.pause(self.id, until: pause?.until, reason: pause?.reason)
        }
    }

    func finish() {
        pauses.finish()
    }

    /// Whether a request may be sent. A permit is given back with the answer, or released.
    func admit() async -> CircuitBreaker.Admission {
        guard isHeld else {
            state.withLock { $0.isTakenUp = false }
            return .wait(.seconds(1))
        }
        // The room that is left on the disk is for callbacks.
        guard ledger.unavailableReason(for: .polling) == nil else { return .wait(.seconds(2)) }
        let isNew = state.withLock { state in
            defer { state.isTakenUp = true }
            return !state.isTakenUp
        }
        // What a process before this one has shown is over.
        if isNew { pauses.append(nil) }
        if isPaused { await endPauseIfOrdered() }
        return state.withLock { $0.breaker.admit(at: clock.now) }
    }

    /// Whether this receiver is the one that delivers.
    var isHeld: Bool { ledger.holds(.delivering(id)) }

    private var isPaused: Bool { state.withLock { $0.breaker.pause(at: clock.now) != nil } }

    func release(_ permit: CircuitBreaker.Permit) {
        state.withLock { $0.breaker.release(permit) }
    }

    /// Updates the breaker by an answer.
    ///
    /// - Parameter isFirstAttempt: whether this body was never sent before.
    func record(_ answer: DeliveryAnswer, isFirstAttempt: Bool, _ permit: CircuitBreaker.Permit) {
        var generator = SystemRandomNumberGenerator()
        let (change, pause) = state.withLock { state in
            let change = state.breaker.record(
                answer,
                isFirstAttempt: isFirstAttempt,
                permit,
                at: clock.now,
                using: &generator
            )
            let pause = state.breaker.pause(at: clock.now)
            // In the order of the changes.
            if change != .none {
                pauses.append(pause.map { Pause(until: now() + $0.remaining, reason: $0.reason) })
            }
            return (change, pause)
        }
        switch change {
        case .none, .extended:
            break
        case .opened:
            logger.warning(
                "target in trouble, deliveries paused",
                metadata: [
                    "reason": "\(pause?.reason ?? answer.error)",
                    "pause": "\((pause?.remaining ?? .zero).wholeMilliseconds)ms",
                ]
            )
        case .closed:
            logger.notice("target answers again, deliveries resumed")
        }
    }

    /// The target has another address: what is known of the old one does not count.
    func forget() {
        state.withLock { state in
            state.breaker = TargetBreaker()
            pauses.append(nil)
        }
    }

    /// Ends the pause if it is gone from the ledger: an operator who orders to deliver does not wait for its end.
    private func endPauseIfOrdered() async {
        let mayAsk = state.withLock { state in
            guard clock.now >= state.nextQuestion, pauses.count == 0 else { return false }
            state.nextQuestion = clock.now + Self.pauseBetweenQuestions
            return true
        }
        guard mayAsk else { return }
        do {
            guard try await ledger.pausedUntil(id) == nil else { return }
            // What was shown meanwhile, the order has not seen.
            state.withLock { if pauses.count == 0 { $0.breaker = TargetBreaker() } }
        } catch {
            // The pause ends by itself.
        }
    }
}
