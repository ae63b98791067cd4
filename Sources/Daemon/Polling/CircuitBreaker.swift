/// Keeps an account's questions from a gateway that is in trouble, and finds out when it is over.
///
/// The first trouble opens it for about a second. Then one question at a time probes; each probe that fails doubles the
/// pause, up to five minutes. Any readable answer closes it.
package struct CircuitBreaker: Sendable {
    package static let shortestPause = Duration.seconds(1)
    package static let longestPause = Duration.seconds(300)

    /// Leave to ask one question. It is given back with what became of that.
    package struct Permit: Sendable {
        /// The number of the probe; nil for a question of ordinary times.
        fileprivate let probe: Int?

        package var isProbe: Bool { probe != nil }
    }

    package enum Admission: Sendable {
        case go(Permit)
        /// Nothing may be asked now; it is worth coming back after this long.
        case wait(Duration)
    }

    /// Why nothing is asked, and for how long.
    package struct Pause: Sendable, Equatable {
        /// Until a probe may go; zero while one is due or under way.
        package let remaining: Duration
        /// What the next failure doubles.
        package let length: Duration
        package let reason: String
    }

    private struct Opening {
        var length: Duration
        var end: ContinuousClock.Instant
        var reason: String
        /// Until when the gateway itself asks to be left alone.
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

    package mutating func admit(at now: ContinuousClock.Instant) -> Admission {
        guard let opening else { return .go(Permit(probe: nil)) }
        guard now >= opening.end else { return .wait(now.duration(to: opening.end)) }
        guard opening.probe == nil else { return .wait(Self.shortestPause) }
        probes += 1
        self.opening?.probe = probes
        return .go(Permit(probe: probes))
    }

    /// A readable answer came. One that was under way already does not shorten the time that the gateway itself asks for.
    package mutating func close(_ permit: Permit, at now: ContinuousClock.Instant) {
        if let opening, let request = opening.request, now < request, !permit.isProbe || permit.probe != opening.probe {
            return
        }
        opening = nil
    }

    /// The question ran into trouble.
    ///
    /// Several may have been under way when the first of them opened the breaker. They tell nothing new, so they do not
    /// double the pause; but whenever the gateway itself asks for more time it gets it.
    ///
    /// - Parameter generator: Up to a quarter is taken off the pause, so that accounts which stopped together do not return
    ///   together. What the gateway asks for is not shortened.
    package mutating func fail(
        _ permit: Permit,
        reason: String,
        retryAfter: Duration?,
        at now: ContinuousClock.Instant,
        using generator: inout some RandomNumberGenerator
    ) {
        let wish = now + (retryAfter ?? .zero)
        if let opening, permit.probe == nil || permit.probe != opening.probe {
            self.opening?.end = max(opening.end, wish)
            if retryAfter != nil { self.opening?.request = max(opening.request ?? wish, wish) }
            return
        }
        let length = opening.map { min($0.length * 2, Self.longestPause) } ?? Self.shortestPause
        let pause = length * Double.random(in: 0.75...1, using: &generator)
        let request = retryAfter == nil ? nil : wish
        opening = Opening(length: length, end: max(now + pause, wish), reason: reason, request: request)
    }

    /// Nothing came of the question: it was cancelled, or its answer tells nothing of the gateway. Another may probe.
    package mutating func release(_ permit: Permit) {
        guard let probe = permit.probe, probe == opening?.probe else { return }
        opening?.probe = nil
    }
}
