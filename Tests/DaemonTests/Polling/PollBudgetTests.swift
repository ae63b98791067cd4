import ConfigurationFile
import Daemon
import OutboundHTTP
import Payments
import Testing

@Suite struct PollBudgetTests {
    /// Takes nothing off a pause.
    private struct Longest: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }

    private struct NotAdmitted: Error {}

    private typealias Change = PollBudget<Int>.Change

    private let start = ContinuousClock.now
    private var budget: PollBudget<Int>
    private var longest = Longest()

    init() {
        budget = PollBudget(Self.reconcile(), at: start)
    }

    private static func reconcile(concurrency: Int = 4, perSecond: Int = 10) -> Configuration.Reconcile {
        var reconcile = Configuration.Reconcile()
        reconcile.concurrency = concurrency
        reconcile.requestsPerSecond = perSecond
        return reconcile
    }

    private mutating func permit(inFlight: Int = 0, at seconds: Double = 0) -> CircuitBreaker.Permit? {
        guard case .go(let permit) = budget.admit(inFlight: inFlight, at: start + .seconds(seconds)) else { return nil }
        return permit
    }

    /// Admits a poll and records what it brought.
    private mutating func poll(
        _ result: StatusResult?,
        of id: Int = 1,
        retryAfter: Duration? = nil,
        at seconds: Double = 0
    ) throws -> Change {
        guard let admitted = self.permit(at: seconds) else { throw NotAdmitted() }
        return budget.record(
            result,
            of: id,
            retryAfter: retryAfter,
            admitted,
            at: start + .seconds(seconds),
            using: &longest
        )
    }

    private static let ordinary: [StatusResult?] = [
        .report(Report()), .notFound, .unauthorized, .foreign, .undecodable("a place"), .interrupted, nil,
    ]

    @Test(arguments: ordinary)
    mutating func `a result that is no trouble of the gateway leaves the breaker closed`(_ result: StatusResult?) throws
    {
        #expect(try poll(result) == .none)
        #expect(budget.pause(at: start) == nil)
        #expect(permit() != nil)
    }

    @Test(arguments: [(StatusResult.unavailable, PollOutcome.unavailable), (.rateLimited, .rateLimited)])
    mutating func `trouble opens the breaker, and a readable answer to the probe closes it`(
        _ result: StatusResult,
        _ reason: PollOutcome
    ) throws {
        #expect(try poll(result) == .opened(pause: .seconds(1), reason: reason))
        #expect(permit(at: 0.5) == nil)
        #expect(budget.pause(at: start + .seconds(0.25))?.remaining == .seconds(0.75))
        #expect(budget.pause(at: start)?.reason == reason)
        #expect(try poll(.notFound, at: 1) == .closed)
        #expect(budget.pause(at: start + .seconds(1)) == nil)
    }

    @Test mutating func `what the gateway asks for is the pause`() throws {
        #expect(
            try poll(.rateLimited, retryAfter: .seconds(60)) == .opened(pause: .seconds(60), reason: .rateLimited)
        )
    }

    @Test mutating func `ten different undecodable answers in a row are the gateway's trouble`() throws {
        for id in 1...9 { #expect(try poll(.undecodable("a place"), of: id) == .none) }
        #expect(try poll(.undecodable("a place"), of: 10) == .opened(pause: .seconds(1), reason: .undecodable))
    }

    @Test mutating func `one payment's undecodable answers are its own trouble, however many`() throws {
        for _ in 1...20 { #expect(try poll(.undecodable("a place"), of: 7) == .none) }
    }

    @Test mutating func `a readable answer ends a run of undecodable ones`() throws {
        for id in 1...9 { _ = try poll(.undecodable("a place"), of: id) }
        #expect(try poll(.notFound, of: 10) == .none)
        for id in 11...19 { #expect(try poll(.undecodable("a place"), of: id) == .none) }
    }

    @Test mutating func `no more polls are in flight than the configuration says, also after a reload`() {
        #expect(permit(inFlight: 3) != nil)
        #expect(permit(inFlight: 4) == nil)
        budget.reconfigure(Self.reconcile(concurrency: 1))
        #expect(permit(inFlight: 1) == nil)
    }

    @Test mutating func `a reload closes no breaker`() throws {
        _ = try poll(.unavailable)
        budget.reconfigure(Self.reconcile(perSecond: 100))
        #expect(permit(at: 0.5) == nil)
    }

    @Test mutating func `a postponed poll is left out until its time, and gives back its permit`() throws {
        _ = try poll(.unavailable)
        guard let probe = permit(at: 1) else { throw NotAdmitted() }
        budget.postpone(5, probe, until: start + .seconds(61))
        #expect(budget.leftOut(at: start + .seconds(60)) == [5])
        #expect(permit(at: 1) != nil, "another may probe")
        #expect(budget.leftOut(at: start + .seconds(61)) == [])
    }

    @Test mutating func `requests keep their distance`() {
        #expect(budget.acquireRequest(at: start) == .zero)
        #expect(budget.acquireRequest(at: start) == .milliseconds(100))
        #expect(budget.acquireRequest(at: start) == .milliseconds(200))
    }
}
