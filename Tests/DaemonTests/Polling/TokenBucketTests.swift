import Daemon
import Testing

@Suite struct TokenBucketTests {
    private let start = ContinuousClock.now

    /// How long each of several callers has to wait that arrive at these times after the start.
    private func waits(_ perSecond: Int, at times: [Duration]) -> [Duration] {
        var bucket = TokenBucket(perSecond: perSecond, at: start)
        return times.map { bucket.acquire(at: start + $0) }
    }

    private func ms(_ milliseconds: Int) -> Duration { .milliseconds(milliseconds) }

    @Test func `it begins with one token, so that a start is no storm`() {
        #expect(waits(5, at: [.zero, .zero, .zero]) == [.zero, ms(200), ms(400)])
    }

    @Test func `who keeps to the rate never waits`() {
        #expect(waits(5, at: (0..<10).map { ms(200 * $0) }) == Array(repeating: .zero, count: 10))
    }

    @Test func `a quiet time saves up one second's tokens, and no more`() {
        let times = [Duration.zero] + Array(repeating: .seconds(3600), count: 7)
        #expect(waits(5, at: times) == [.zero, .zero, .zero, .zero, .zero, .zero, ms(200), ms(400)])
    }

    @Test func `waiting longer than told costs nothing of what comes after`() {
        #expect(waits(2, at: [.zero, .zero, ms(700), ms(1000)]) == [.zero, ms(500), ms(300), ms(500)])
    }

    @Test func `another rate holds from the next token on, and what was taken stays taken`() {
        var bucket = TokenBucket(perSecond: 1, at: start)
        #expect(bucket.acquire(at: start) == .zero)
        bucket.change(perSecond: 10)
        #expect([bucket.acquire(at: start), bucket.acquire(at: start)] == [.seconds(1), ms(1100)])
    }

    @Test(arguments: [1, 0, -3])
    func `it is never slower than once a second`(perSecond: Int) {
        #expect(
            waits(perSecond, at: [.zero, .zero, .seconds(9), .seconds(9)]) == [.zero, .seconds(1), .zero, .seconds(1)]
        )
    }

    @Test func `over any second no more go than the rate and what was saved up`() {
        var bucket = TokenBucket(perSecond: 7, at: start)
        var generator = SystemRandomNumberGenerator()
        var now = start
        var gone: [ContinuousClock.Instant] = []
        for _ in 0..<2000 {
            now = now.advanced(by: ms(Int.random(in: 0...300, using: &generator)))
            gone.append(now + bucket.acquire(at: now))
        }
        #expect(zip(gone, gone.dropFirst()).allSatisfy(<=))
        for (index, first) in gone.enumerated() {
            #expect(gone[index...].prefix { $0 < first + .seconds(1) }.count <= 7 + 7)
        }
    }
}
