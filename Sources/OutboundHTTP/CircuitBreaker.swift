/// Stops the requests to a server while it is failing, and finds out when it has recovered: a gateway that is polled, or
/// a target of deliveries.
///
/// A failure opens it for about a second. Then one request at a time probes; each failed probe doubles the pause, up to
/// five minutes. A good answer closes it.
package struct CircuitBreaker: Sendable {
    package static let shortestPause = Duration.seconds(1)
    package static let longestPause = Duration.seconds(300)

    /// Permission to send one request. It is returned with the request's result.
    package struct Permit: Sendable {
        /// The number of the probe; `nil` for a request while the breaker is closed.
        fileprivate let probe: Int?

        package var isProbe: Bool { probe != nil }
    }

    package enum Admission: Sendable {
        case go(Permit)
        /// No request may be sent now; the caller should try again after this long.
        case wait(Duration)
    }

    /// Why nothing is sent, and for how long.
    package struct Pause: Sendable, Equatable {
        /// The time until a probe may be sent; zero while one is due or under way.
        package let remaining: Duration
        /// What the next failure doubles.
        package let length: Duration
        package let reason: String
    }

    private struct Opening {
        var length: Duration
        var end: ContinuousClock.Instant
        var reason: String
        /// Until when the server itself asks for no requests.
        var request: ContinuousClock.Instant?
        /// The probe that is under way.
        var probe: Int?
    }

    private var opening: Opening?
    private var probes = 0

    package init() {}

    package func pause(at now: ContinuousClock.Instant) -> Pause? {
        opening.map { opening in
            Pause(
                remaining: max(now.duration(to: opening.end), .zero),
                length: opening.length,
                reason: opening.reason
            )
        }
    }

    /// Opens it for as long as another receiver had, whose requests are taken over.
    package mutating func resume(_ remaining: Duration, reason: String, at now: ContinuousClock.Instant) {
        let length = min(max(remaining, Self.shortestPause), Self.longestPause)
        opening = Opening(length: length, end: now + remaining, reason: reason)
    }

    package mutating func admit(at now: ContinuousClock.Instant) -> Admission {
        guard let opening else { return .go(Permit(probe: nil)) }
        guard now >= opening.end else { return .wait(now.duration(to: opening.end)) }
        guard opening.probe == nil else { return .wait(Self.shortestPause) }
        probes += 1
        self.opening?.probe = probes
        return .go(Permit(probe: probes))
    }

    /// Closes the breaker after a good answer. An answer to an earlier request does not shorten the pause that the server
    /// itself asks for.
    package mutating func close(_ permit: Permit, at now: ContinuousClock.Instant) {
        if let opening, let request = opening.request, now < request, !permit.isProbe || permit.probe != opening.probe {
            return
        }
        opening = nil
    }

    /// Opens the breaker, or keeps it open, after a failed request.
    ///
    /// Several requests may have been under way when the first failure opened the breaker. Their failures are no news,
    /// so they do not double the pause; but whenever the server itself asks for more time it gets it.
    ///
    /// - Parameter generator: Takes up to a quarter off the pause, so that those that stopped together do not resume
    ///   together. A pause that the server asks for is not shortened.
    package mutating func fail(
        _ permit: Permit,
        reason: String,
        retryAfter: Duration?,
        at now: ContinuousClock.Instant,
        using generator: inout some RandomNumberGenerator
    ) {
        let requestedEnd = now + (retryAfter ?? .zero)
        if let opening, permit.probe == nil || permit.probe != opening.probe {
            self.opening?.end = max(opening.end, requestedEnd)
            if retryAfter != nil { self.opening?.request = max(opening.request ?? requestedEnd, requestedEnd) }
            return
        }
        let length = opening.map { min($0.length * 2, Self.longestPause) } ?? Self.shortestPause
        let pause = length * Double.random(in: 0.75...1, using: &generator)
        let request = retryAfter == nil ? nil : requestedEnd
        opening = Opening(length: length, end: max(now + pause, requestedEnd), reason: reason, request: request)
    }

    /// Keeps the breaker open after a probe whose answer shows that the server is there, though not that it is well: the
    /// next probe follows after the shortest pause.
    package mutating func shorten(_ permit: Permit, at now: ContinuousClock.Instant) {
        guard let opening, let probe = permit.probe, probe == opening.probe else { return }
        self.opening = Opening(length: Self.shortestPause, end: now + Self.shortestPause, reason: opening.reason)
    }

    /// Returns a permit without a result: the request was cancelled, or its answer says nothing about the server's
    /// health. Another request may probe.
    package mutating func release(_ permit: Permit) {
        guard let probe = permit.probe, probe == opening?.probe else { return }
        opening?.probe = nil
    }
}
