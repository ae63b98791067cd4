import Delivery
import OutboundHTTP
import TestSupport
import Testing

@Suite struct TargetBreakerTests {
    private let start = ContinuousClock.now
    private var generator = SplitMix(seed: 1)
    private var breaker = TargetBreaker()

    private struct Refused: Error {}

    private mutating func admit(_ seconds: Double = 0) throws -> CircuitBreaker.Permit {
        guard case .go(let permit) = breaker.admit(at: start + .seconds(seconds)) else { throw Refused() }
        return permit
    }

    @discardableResult
    private mutating func record(
        _ answer: DeliveryAnswer,
        isFirstAttempt: Bool,
        _ permit: CircuitBreaker.Permit,
        _ seconds: Double = 0
    ) -> TargetBreaker.Change {
        breaker.record(
            answer,
            isFirstAttempt: isFirstAttempt,
            permit,
            at: start + .seconds(seconds),
            using: &generator
        )
    }

    /// Sends a request and records its answer.
    @discardableResult
    private mutating func send(
        _ answer: DeliveryAnswer,
        isFirstAttempt: Bool,
        _ seconds: Double = 0
    ) throws -> TargetBreaker.Change {
        let permit = try admit(seconds)
        return record(answer, isFirstAttempt: isFirstAttempt, permit, seconds)
    }

    private func remaining(_ seconds: Double = 0) -> Duration? {
        breaker.pause(at: start + .seconds(seconds))?.remaining
    }

    @Test(
        arguments: [
            .trouble(.refused), .trouble(.timedOut), .status(429, retryAfter: nil), .status(502, retryAfter: nil),
            .status(503, retryAfter: nil), .status(504, retryAfter: nil),
        ] as [DeliveryAnswer]
    )
    mutating func `five failures of the target in a row open it, first attempts or not`(answer: DeliveryAnswer) throws {
        for number in 0..<4 {
            #expect(try send(answer, isFirstAttempt: number == 0) == .none)
        }
        #expect(try send(answer, isFirstAttempt: false) == .opened)
        #expect(remaining() != nil)
        #expect(breaker.pause(at: start)?.reason == answer.error)
    }

    @Test(arguments: [301, 400, 401, 404, 410, 500, 501])
    mutating func `a refusal of a body that was refused before speaks of the body alone`(status: Int) throws {
        for _ in 0..<100 {
            #expect(try send(.status(status, retryAfter: nil), isFirstAttempt: false) == .none)
        }
        #expect(remaining() == nil)
    }

    @Test mutating func `five new bodies in a row that are refused speak of the target`() throws {
        for _ in 0..<4 { try send(.status(500, retryAfter: nil), isFirstAttempt: true) }
        try send(.status(500, retryAfter: nil), isFirstAttempt: false)
        #expect(remaining() == nil)
        #expect(try send(.status(500, retryAfter: nil), isFirstAttempt: true) == .opened)
    }

    @Test mutating func `a delivery in between begins the count again`() throws {
        for _ in 0..<10 {
            for _ in 0..<4 { try send(.trouble(.refused), isFirstAttempt: true) }
            try send(.status(200, retryAfter: nil), isFirstAttempt: true)
        }
        #expect(remaining() == nil)
    }

    @Test(arguments: [429, 503])
    mutating func `whoever asks for a pause gets it at once`(status: Int) throws {
        #expect(try send(.status(status, retryAfter: .seconds(90)), isFirstAttempt: true) == .opened)
        #expect(remaining() == .seconds(90))
        #expect(throws: Refused.self) { try admit(89) }
        let probe = try admit(90)
        #expect(probe.isProbe)
    }

    @Test mutating func `a single body's time to wait is not the target's`() throws {
        try send(.status(500, retryAfter: .seconds(90)), isFirstAttempt: true)
        #expect(remaining() == nil)
    }

    private mutating func open() throws {
        for _ in 0..<5 { try send(.trouble(.refused), isFirstAttempt: true) }
    }

    @Test mutating func `while it is open one probe at a time is sent, and a delivery closes it`() throws {
        try open()
        #expect(throws: Refused.self) { try admit(0.5) }
        let probe = try admit(1)
        #expect(throws: Refused.self) { try admit(1) }
        #expect(record(.trouble(.refused), isFirstAttempt: false, probe, 1) == .extended)
        #expect(throws: Refused.self) { try admit(2) }
        #expect(try send(.status(204, retryAfter: nil), isFirstAttempt: false, 3.1) == .closed)
        #expect(remaining(3.1) == nil)
    }

    @Test mutating func `a probe with a body that was refused before is followed by another after a second`() throws {
        try open()
        try send(.trouble(.refused), isFirstAttempt: false, 1)
        try send(.trouble(.refused), isFirstAttempt: false, 3)
        let change = try send(.status(500, retryAfter: nil), isFirstAttempt: false, 7)
        #expect(change == .extended)
        #expect(remaining(7) == .seconds(1))
        #expect(throws: Refused.self) { try admit(7.9) }
        let probe = try admit(8)
        #expect(probe.isProbe)
    }

    @Test mutating func `a probe that comes to nothing makes room for another`() throws {
        try open()
        breaker.release(try admit(1))
        let probe = try admit(1)
        #expect(probe.isProbe)
    }

    @Test mutating func `a run of new bodies that are refused holds others up by a second each, not by minutes`() throws
    {
        for _ in 0..<5 { try send(.status(404, retryAfter: nil), isFirstAttempt: true) }
        var now = 0.0
        for _ in 0..<15 {
            now += 1.3
            try send(.status(404, retryAfter: nil), isFirstAttempt: true, now)
            #expect(remaining(now).map { $0 <= .seconds(1.3) } == true)
        }
        now += 1.3
        #expect(try send(.status(200, retryAfter: nil), isFirstAttempt: true, now) == .closed)
    }
}
