import Delivery
import Ledger
import OutboundHTTP
import Payments
import TestSupport
import Testing

@Suite struct DeliveryScheduleTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)
    private let schedule = DeliverySchedule(giveUpAfter: .seconds(3 * 86_400))

    private func outcome(
        _ answer: DeliveryAnswer,
        attempts: Int,
        first: Timestamp? = nil,
        at now: Timestamp,
        seed: UInt64 = 1
    ) -> DeliveryOutcome {
        var generator = SplitMix(seed: seed)
        return schedule.outcome(
            of: answer,
            attempts: attempts,
            firstAttemptAt: first,
            at: now,
            using: &generator
        )
    }

    /// The pause until the next attempt; `nil` if there is none.
    private func pause(_ outcome: DeliveryOutcome, from now: Timestamp) -> Duration? {
        guard case .failed(_, _, let next) = outcome else { return nil }
        return next - now
    }

    @Test(arguments: [(0, 2), (1, 10), (2, 60), (3, 300), (4, 900), (5, 3600), (6, 3600), (500, 3600)])
    func `pauses grow to an hour, each a fifth longer or shorter at most`(attempts: Int, seconds: Int) throws {
        let pauses = try (UInt64(0)..<50).map { seed in
            let failed = outcome(.status(500, retryAfter: nil), attempts: attempts, first: start, at: start, seed: seed)
            return try #require(pause(failed, from: start))
        }
        let usual = Duration.seconds(seconds)
        #expect(pauses.allSatisfy { $0 >= usual * 0.79 && $0 <= usual * 1.2 })
        #expect(Set(pauses).count > 10, "they do not come back together")
    }

    @Test(arguments: [200, 201, 202, 204, 226, 299])
    func `delivered is 2xx`(status: Int) {
        #expect(outcome(.status(status, retryAfter: nil), attempts: 7, at: start) == .delivered(status: status))
    }

    @Test(arguments: [100, 199, 300, 301, 304, 400, 404, 410, 500, 503])
    func `and nothing else`(status: Int) {
        let failed = outcome(.status(status, retryAfter: nil), attempts: 0, at: start)
        #expect(pause(failed, from: start) != nil)
    }

    @Test func `a redirect says what to do about it`() {
        let error = "answered 302: a redirect is not followed, give its address"
        #expect(DeliveryAnswer.status(302, retryAfter: nil).error == error)
        #expect(DeliveryAnswer.status(500, retryAfter: nil).error == "answered 500")
        #expect(DeliveryAnswer.trouble(.refused).error == TransportFailure.refused.rawValue)
    }

    @Test func `the time that the target asks for is obeyed, and not shortened`() {
        for seed in UInt64(0)..<20 {
            let failed = outcome(.status(503, retryAfter: .seconds(120)), attempts: 0, at: start, seed: seed)
            #expect(pause(failed, from: start) == .seconds(120))
        }
        let longer = outcome(.status(503, retryAfter: .seconds(1)), attempts: 3, first: start, at: start)
        #expect(pause(longer, from: start).map { $0 > .seconds(200) } == true)
    }

    @Test func `the last attempt falls at the time of giving up`() {
        let end = start + .seconds(3 * 86_400)
        let late = end - .seconds(600)
        let failed = outcome(.status(500, retryAfter: nil), attempts: 70, first: start, at: late)
        #expect(failed == .failed(status: 500, error: "answered 500", nextAttemptAt: end))
        let last = outcome(.trouble(.timedOut), attempts: 71, first: start, at: end)
        #expect(last == .gaveUp(status: nil, error: TransportFailure.timedOut.rawValue))
    }

    @Test func `nothing is given up before its time, however often it failed`() {
        let failed = outcome(.status(500, retryAfter: nil), attempts: 10_000, first: start, at: start)
        #expect(pause(failed, from: start) != nil)
    }

    @Test func `what had no chance is not given up: the program was off meanwhile, or a clock has jumped`() {
        let late = start + .seconds(4 * 86_400)
        let failed = outcome(.trouble(.refused), attempts: 1, first: start, at: late)
        #expect(pause(failed, from: late).map { $0 < .seconds(15) } == true)
        #expect(pause(outcome(.trouble(.refused), attempts: 30, first: start, at: late), from: late) != nil)
        #expect(pause(outcome(.trouble(.refused), attempts: 50, first: start, at: late), from: late) == nil)
    }

    @Test func `a first attempt in the future was dated by a wrong clock, and delays nothing for long`() {
        let ahead = start + .seconds(365 * 86_400)
        let failed = outcome(.status(500, retryAfter: nil), attempts: 9, first: ahead, at: start)
        #expect(pause(failed, from: start).map { $0 < .seconds(5000) } == true)
    }
}
