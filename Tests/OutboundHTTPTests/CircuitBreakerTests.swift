import OutboundHTTP
import Testing

@Suite struct CircuitBreakerTests {
    /// Takes nothing off a pause, or as much as possible. A word of zero would be rejected forever.
    private struct Fixed: RandomNumberGenerator {
        let word: UInt64

        mutating func next() -> UInt64 { word }
    }

    private let start = ContinuousClock.now
    private var longest = Fixed(word: .max)
    private var breaker = CircuitBreaker()

    private func permit(_ admission: CircuitBreaker.Admission) throws -> CircuitBreaker.Permit {
        guard case .go(let permit) = admission else { throw Refused() }
        return permit
    }

    private struct Refused: Error {}

    /// How long to wait, in milliseconds; `nil` if a request may be sent.
    private func wait(_ admission: CircuitBreaker.Admission) -> Int? {
        guard case .wait(let duration) = admission else { return nil }
        return Int((duration / .milliseconds(1)).rounded())
    }

    private mutating func admit(_ seconds: Double) -> CircuitBreaker.Admission {
        breaker.admit(at: start + .seconds(seconds))
    }

    private mutating func fail(
        _ permit: CircuitBreaker.Permit,
        _ seconds: Double,
        retryAfter: Duration? = nil,
        reason: String = "x"
    ) {
        breaker.fail(permit, reason: reason, retryAfter: retryAfter, at: start + .seconds(seconds), using: &longest)
    }

    private func pause(_ seconds: Double) -> CircuitBreaker.Pause? { breaker.pause(at: start + .seconds(seconds)) }

    /// The rest of the pause, and its length.
    private func times(_ seconds: Double) -> [Duration]? { pause(seconds).map { [$0.remaining, $0.length] } }

    @Test mutating func `as long as nothing goes wrong any number may go`() throws {
        for _ in 0..<100 { _ = try permit(admit(0)) }
        #expect(pause(0) == nil)
    }

    @Test mutating func `the first trouble stops everything for a second`() throws {
        let first = try permit(admit(0))
        fail(first, 10, reason: "HTTP status 500")
        #expect(times(10) == [.seconds(1), .seconds(1)])
        #expect(pause(10)?.reason == "HTTP status 500")
        #expect(wait(admit(10)) == 1000)
        #expect(wait(admit(10.75)) == 250)
    }

    @Test mutating func `then one probes at a time`() throws {
        fail(try permit(admit(0)), 0)
        let probe = try permit(admit(1))
        #expect(wait(admit(1)) == 1000)
        #expect(wait(admit(100)) == 1000)
        #expect(pause(100)?.remaining == .zero)
        fail(probe, 100)
        #expect(wait(admit(100)) == 2000)
    }

    @Test mutating func `each probe that fails doubles the pause, up to five minutes`() throws {
        fail(try permit(admit(0)), 0)
        var now = 0.0
        var lengths: [Duration] = []
        for _ in 0..<11 {
            let length = try #require(pause(now)?.length)
            lengths.append(length)
            now += length / .seconds(1)
            fail(try permit(admit(now)), now)
        }
        #expect(lengths == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map(Duration.seconds))
    }

    @Test mutating func `an answer closes it, and the next trouble begins anew`() throws {
        fail(try permit(admit(0)), 0)
        fail(try permit(admit(1)), 1)
        breaker.close(try permit(admit(3)), at: start + .seconds(3))
        #expect(pause(3) == nil)
        fail(try permit(admit(3)), 4)
        #expect(pause(4)?.length == .seconds(1))
    }

    @Test mutating func `what was under way when it opened does not make it longer`() throws {
        let turns = [try permit(admit(0)), try permit(admit(0)), try permit(admit(0))]
        for (index, permit) in turns.enumerated() { fail(permit, Double(index) / 10, reason: "\(index)") }
        #expect(times(0.5) == [.seconds(0.5), .seconds(1)])
        #expect(pause(0.5)?.reason == "0")
        // Nor does it use the probe's permit.
        let late = turns[2]
        let probe = try permit(admit(1))
        fail(late, 1)
        #expect(wait(admit(1)) == 1000)
        fail(probe, 2)
        #expect(pause(2)?.length == .seconds(2))
    }

    @Test mutating func `a probe of an earlier opening counts no more`() throws {
        fail(try permit(admit(0)), 0)
        let stale = try permit(admit(1))
        breaker.close(stale, at: start + .seconds(1))
        fail(try permit(admit(1)), 1)
        fail(stale, 1.5)
        #expect(times(1.5) == [.seconds(0.5), .seconds(1)])
        let probe = try permit(admit(2))
        breaker.release(stale)
        #expect(wait(admit(2)) == 1000)
        fail(probe, 2)
        #expect(pause(2)?.length == .seconds(2))
    }

    @Test mutating func `a probe that came to nothing gives its turn back`() throws {
        fail(try permit(admit(0)), 0)
        breaker.release(try permit(admit(1)))
        let probe = try permit(admit(1))
        fail(probe, 1)
        #expect(pause(1)?.length == .seconds(2))
        breaker.release(probe)
        #expect(wait(admit(1)) == 2000)
    }

    @Test mutating func `the gateway may ask for more time, and what it asks for is not doubled`() throws {
        fail(try permit(admit(0)), 0, retryAfter: .seconds(60))
        #expect(times(0) == [.seconds(60), .seconds(1)])
        fail(try permit(admit(60)), 60)
        #expect(times(60) == [.seconds(2), .seconds(2)])
        fail(try permit(admit(62)), 62, retryAfter: .seconds(1))
        #expect(pause(62)?.remaining == .seconds(4))
    }

    @Test mutating func `even a poll that was under way may bring that pause`() throws {
        let turns = [try permit(admit(0)), try permit(admit(0)), try permit(admit(0))]
        fail(turns[0], 0)
        fail(turns[1], 0, retryAfter: .seconds(30))
        fail(turns[2], 0, retryAfter: .seconds(10))
        #expect(times(0) == [.seconds(30), .seconds(1)])
    }

    @Test mutating func `an answer that was under way does not shorten the time that the gateway asks for`() throws {
        let turns = [try permit(admit(0)), try permit(admit(0)), try permit(admit(0))]
        fail(turns[0], 0)
        breaker.close(turns[1], at: start)
        #expect(pause(0) == nil, "nothing was asked for: the gateway is well")
        fail(turns[1], 0, retryAfter: .seconds(60))
        breaker.close(turns[2], at: start + .seconds(1))
        #expect(pause(1)?.remaining == .seconds(59))
        breaker.close(try permit(admit(60)), at: start + .seconds(60))
        #expect(pause(60) == nil)
    }

    @Test mutating func `at most a quarter is taken off a pause, and nothing off what the gateway asks for`() throws {
        var shortest = Fixed(word: 1 << 10)
        breaker.fail(try permit(admit(0)), reason: "x", retryAfter: nil, at: start, using: &shortest)
        #expect(pause(0)?.remaining == .milliseconds(750))
        breaker.fail(
            try permit(admit(1)),
            reason: "x",
            retryAfter: .seconds(2),
            at: start + .seconds(1),
            using: &shortest
        )
        #expect(pause(1)?.remaining == .seconds(2))
    }

    @Test mutating func `a probe that shows the server to be there is followed by the next after a second`() throws {
        fail(try permit(admit(0)), 0)
        fail(try permit(admit(1)), 1)
        #expect(times(1) == [.seconds(2), .seconds(2)])
        let probe = try permit(admit(3))
        breaker.shorten(probe, at: start + .seconds(3))
        #expect(times(3) == [.seconds(1), .seconds(1)])
        breaker.shorten(probe, at: start + .seconds(3.5))
        #expect(times(3.5) == [.milliseconds(500), .seconds(1)], "it is no longer the probe")
        #expect(pause(3)?.reason == "x")
    }
}
