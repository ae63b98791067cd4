import Ledger
import Logging
import OutboundHTTP
import Payments

/// Sends requests to one target, and draws from each answer what forward and notify have in common: the outcome, the
/// breaker's state, metrics and log.
struct DeliverySender: Sendable {
    /// What is known of what is sent.
    struct History {
        /// Attempts before this one.
        let attempts: Int
        let firstAttemptAt: Timestamp?
        let giveUpAfter: Duration
    }

    let client: DeliveryClient
    let gate: TargetGate
    let meter: DeliveryMeter
    let now: @Sendable () -> Timestamp
    private let clock = ContinuousClock()

    init(client: DeliveryClient, gate: TargetGate, meter: DeliveryMeter, now: @escaping @Sendable () -> Timestamp) {
        self.client = client
        self.gate = gate
        self.meter = meter
        self.now = now
    }

    /// - Parameters:
    ///   - permit: is given back.
    ///   - what: the callback or event, for the log.
    /// - Throws: if it was cancelled: it is no attempt then, and is sent after the next start.
    func send(
        _ request: DeliveryRequest,
        timeout: Duration,
        after history: History,
        _ permit: CircuitBreaker.Permit,
        _ what: Logger.Metadata
    ) async throws(CancellationError) -> (outcome: DeliveryOutcome, at: Timestamp) {
        let start = clock.now
        let answer: DeliveryAnswer
        do {
            answer = try await client.send(request, timeout: timeout)
        } catch {
            gate.release(permit)
            throw error
        }
        let answeredAt = now()
        var generator = SystemRandomNumberGenerator()
        let outcome = DeliverySchedule(giveUpAfter: history.giveUpAfter).outcome(
            of: answer,
            attempts: history.attempts,
            firstAttemptAt: history.firstAttemptAt,
            at: answeredAt,
            using: &generator
        )
        gate.record(answer, isFirstAttempt: history.attempts == 0, permit)
        meter.count(outcome, of: what, after: start.duration(to: clock.now))
        return (outcome, answeredAt)
    }
}
