package import OutboundHTTP

/// Stops deliveries to a target that is in trouble, and not because of a single body that it does not like.
///
/// Five failures in a row that speak of the target open it. A refusal (500, 4xx, 3xx) speaks of the target only if it
/// answers a first attempt: the retries of one poison body never close the way for others. A probe that is refused shows that
/// somebody answers: then the next follows after a second, so that no run of poison bodies closes it for long. Whoever asks for a pause by
/// `Retry-After` gets it at once.
package struct TargetBreaker: Sendable {
    /// What an answer did.
    package enum Change: Sendable, Equatable {
        case none
        case opened
        /// It stays open, until another time.
        case extended
        case closed
    }

    private static let mostFailures = 5

    private var breaker = CircuitBreaker()
    /// In a row; counted up to the most.
    private var failures = 0

    package init() {}

    package func pause(at now: ContinuousClock.Instant) -> CircuitBreaker.Pause? { breaker.pause(at: now) }

    /// Whether a request may be sent; while it is open, one at a time is a probe.
    package mutating func admit(at now: ContinuousClock.Instant) -> CircuitBreaker.Admission { breaker.admit(at: now) }

    /// Nothing was sent, or nothing came of it.
    package mutating func release(_ permit: CircuitBreaker.Permit) { breaker.release(permit) }

    /// - Parameter isFirstAttempt: whether this body was never sent before.
    package mutating func record(
        _ answer: DeliveryAnswer,
        isFirstAttempt: Bool,
        _ permit: CircuitBreaker.Permit,
        at now: ContinuousClock.Instant,
        using generator: inout some RandomNumberGenerator
    ) -> Change {
        let wasOpen = breaker.pause(at: now) != nil
        if answer.isDelivered {
            failures = 0
            breaker.close(permit, at: now)
            return wasOpen && breaker.pause(at: now) == nil ? .closed : .none
        }
        guard answer.isOfTarget || isFirstAttempt && !permit.isProbe else {
            // Somebody answers there. While it is closed, this does nothing.
            breaker.shorten(permit, at: now)
            return permit.isProbe ? .extended : .none
        }
        failures = min(failures + 1, Self.mostFailures)
        guard wasOpen || failures == Self.mostFailures || answer.requestedPause != nil else {
            breaker.release(permit)
            return .none
        }
        breaker.fail(
            permit,
            reason: answer.error,
            retryAfter: answer.requestedPause,
            at: now,
            using: &generator
        )
        return wasOpen ? .extended : .opened
    }
}
