package import ConfigurationFile
package import OutboundHTTP
package import Payments

/// What an account's polls may take of its gateway: so many a second, so many at a time, nothing while the circuit breaker is
/// open, and not at once again what could not be recorded.
///
/// A pure state machine: it is given the time, and waits for nothing itself.
package struct PollBudget<ID: Hashable & Sendable>: Sendable {
    /// What a result did to the circuit breaker.
    package enum Change: Sendable, Equatable {
        case none
        case opened(pause: Duration, reason: PollOutcome)
        case closed
    }

    /// The longest that a poller sleeps, whatever is planned.
    private static var longestSleep: Duration { .seconds(30) }
    /// So many different undecodable answers in a row are the gateway's trouble, not that of single payments.
    private static var mostUndecodable: Int { 10 }

    private var concurrency: Int
    private var bucket: TokenBucket
    private var breaker = CircuitBreaker()
    /// What could not be decoded since the last answer that could.
    private var undecodable: Set<ID> = []
    /// Polls whose results could not be recorded, and until when they are left out.
    private var postponed: [ID: ContinuousClock.Instant] = [:]

    /// The longest sleep in which nothing that is planned meanwhile is missed.
    package private(set) var longestSleep: Duration

    package init(_ reconcile: Configuration.Reconcile, at now: ContinuousClock.Instant) {
        concurrency = reconcile.concurrency
        longestSleep = Self.longestSleep(by: reconcile)
        bucket = TokenBucket(perSecond: reconcile.requestsPerSecond, at: now)
    }

    /// Goes on at another pace; what was acquired stays acquired, and an open breaker open.
    package mutating func reconfigure(_ reconcile: Configuration.Reconcile) {
        concurrency = reconcile.concurrency
        longestSleep = Self.longestSleep(by: reconcile)
        bucket.change(perSecond: reconcile.requestsPerSecond)
    }

    private static func longestSleep(by reconcile: Configuration.Reconcile) -> Duration {
        min(longestSleep, max(reconcile.schedule.shortestPause, .milliseconds(100)))
    }

    /// Whether another poll may begin beside those in flight. A permit is given back with the result, or released.
    package mutating func admit(inFlight: Int, at now: ContinuousClock.Instant) -> CircuitBreaker.Admission {
        inFlight < concurrency ? breaker.admit(at: now) : .wait(longestSleep)
    }

    /// Acquires the right to send one request.
    ///
    /// - Returns: how long to wait until it may be sent.
    package mutating func acquireRequest(at now: ContinuousClock.Instant) -> Duration { bucket.acquire(at: now) }

    /// The poll tells nothing of the gateway: it was not sent, or was cancelled.
    package mutating func release(_ permit: CircuitBreaker.Permit) { breaker.release(permit) }

    /// Leaves a poll out until a time: it must neither be repeated at once, nor be in the way of the others.
    package mutating func postpone(_ id: ID, _ permit: CircuitBreaker.Permit, until end: ContinuousClock.Instant) {
        breaker.release(permit)
        postponed[id] = end
    }

    /// What is left out at a time.
    package mutating func leftOut(at now: ContinuousClock.Instant) -> Set<ID> {
        postponed = postponed.filter { $0.value > now }
        return Set(postponed.keys)
    }

    /// Updates the circuit breaker: transport failures, rate limits and a run of undecodable answers open it, any readable
    /// response closes it.
    ///
    /// - Parameter result: `nil` where the gateway cannot be asked about such a thing.
    package mutating func record(
        _ result: StatusResult?,
        of id: ID,
        retryAfter: Duration?,
        _ permit: CircuitBreaker.Permit,
        at now: ContinuousClock.Instant,
        using generator: inout some RandomNumberGenerator
    ) -> Change {
        switch result {
        case .unavailable:
            return open(permit, .unavailable, retryAfter, at: now, using: &generator)
        case .rateLimited:
            return open(permit, .rateLimited, retryAfter, at: now, using: &generator)
        case .undecodable where isRunOfUndecodable(with: id):
            return open(permit, .undecodable, retryAfter, at: now, using: &generator)
        case .undecodable, .interrupted, nil:
            // It concerns its own payment alone: it neither is trouble of the gateway, nor shows that there is none.
            breaker.release(permit)
            return .none
        case .report, .notFound, .unauthorized, .foreign:
            undecodable = []
            let wasOpen = breaker.pause(at: now) != nil
            breaker.close(permit, at: now)
            return wasOpen && breaker.pause(at: now) == nil ? .closed : .none
        }
    }

    /// Until when, and why, nothing is polled; `nil` while the breaker is closed.
    package func pause(at now: ContinuousClock.Instant) -> (remaining: Duration, reason: PollOutcome)? {
        breaker.pause(at: now).flatMap { pause in
            PollOutcome(rawValue: pause.reason).map { (pause.remaining, $0) }
        }
    }

    /// Goes on with the pause of another receiver, whose polls are taken over.
    package mutating func resume(_ remaining: Duration, _ reason: PollOutcome, at now: ContinuousClock.Instant) {
        breaker.resume(remaining, reason: reason.rawValue, at: now)
    }

    private mutating func isRunOfUndecodable(with id: ID) -> Bool {
        if undecodable.count < Self.mostUndecodable { undecodable.insert(id) }
        return undecodable.count == Self.mostUndecodable
    }

    private mutating func open(
        _ permit: CircuitBreaker.Permit,
        _ reason: PollOutcome,
        _ retryAfter: Duration?,
        at now: ContinuousClock.Instant,
        using generator: inout some RandomNumberGenerator
    ) -> Change {
        breaker.fail(permit, reason: reason.rawValue, retryAfter: retryAfter, at: now, using: &generator)
        return .opened(pause: breaker.pause(at: now)?.remaining ?? .zero, reason: reason)
    }
}
