import Payments
import Testing

/// The polling schedule, shown by a payment that only gets poll answers (docs/reconciliation.md).
@Suite struct PollScheduleTests {
    private static let schedule = PollSchedule(
        firstAfter: .seconds(60),
        steps: [.seconds(60), .seconds(120), .seconds(300)],
        giveUpAfter: .seconds(3600),
        authorizedEvery: .seconds(7200),
        secondLook: .seconds(86_400),
        audit: [.seconds(604_800), .seconds(2_592_000)]
    )
    private let start = Timestamp(milliseconds: 1_000_000)

    @Test func `the steps follow one another, the last one repeats, each a little longer`() {
        var payment = self.payment("processing", .pending)
        #expect(payment.pollState.nextPollAt == start + .seconds(60))
        var now = start + .seconds(60)
        for step in [60, 120, 300, 300, 300] {
            _ = payment.apply(PollResult(outcome: .unchanged, requestedAt: nil), schedule: Self.schedule, at: now)
            guard let next = payment.pollState.nextPollAt else { break }
            let pause = next.milliseconds - now.milliseconds
            #expect(pause >= Int64(step) * 1000 && pause <= Int64(step) * 1200)
            now = next
        }
        #expect(payment.pollState.attempt == 5)
    }

    @Test func `whoever sleeps for the shortest pause misses nothing`() {
        var schedule = Self.schedule
        #expect(schedule.shortestPause == .seconds(60))
        schedule.secondLook = .zero
        schedule.audit = []
        #expect(schedule.shortestPause == .seconds(60))
        schedule.audit = [.seconds(5)]
        #expect(schedule.shortestPause == .seconds(5))
        schedule.secondLook = .seconds(3)
        #expect(schedule.shortestPause == .seconds(3))
        schedule.authorizedEvery = .seconds(2)
        #expect(schedule.shortestPause == .seconds(2))
    }

    @Test func `the jitter is that of the payment and the attempt, and spreads a crowd`() {
        let later = start + .seconds(60)
        let pauses = (0..<200).map { number in
            var payment = self.payment("processing", .pending, id: "EP-\(number)")
            _ = payment.apply(PollResult(outcome: .notFound, requestedAt: nil), schedule: Self.schedule, at: later)
            return payment.pollState.nextPollAt?.milliseconds ?? 0
        }
        #expect(Set(pauses).count > 100)
        var again = payment("processing", .pending, id: "EP-7")
        _ = again.apply(PollResult(outcome: .notFound, requestedAt: nil), schedule: Self.schedule, at: later)
        #expect(again.pollState.nextPollAt?.milliseconds == pauses[7])
    }

    @Test func `giving up is never a failure, and takes as many polls as there are steps`() {
        var payment = self.payment("processing", .pending)
        let late = start + .seconds(1_000_000)
        for _ in 1...2 {
            let heard = payment.apply(
                PollResult(outcome: .notFound, requestedAt: nil),
                schedule: Self.schedule,
                at: late
            )
            #expect(
                heard.anomalies.isEmpty && payment.pollState.phase == .scheduled,
                "the daemon was down, or the clock jumped"
            )
        }
        let heard = payment.apply(PollResult(outcome: .notFound, requestedAt: nil), schedule: Self.schedule, at: late)
        #expect(heard.anomalies.map(\.kind) == [.unresolved])
        #expect(
            payment.pollState.phase == .unresolved && payment.pollState.nextPollAt == nil && payment.state == .pending
        )
    }

    @Test func `a held amount is asked about from time to time, and never given up`() {
        var payment = self.payment("awaiting capture", .authorized)
        #expect(payment.pollState.nextPollAt == start + .seconds(7200))
        let late = start + .seconds(100_000_000)
        for _ in 1...10 {
            _ = payment.apply(PollResult(outcome: .unchanged, requestedAt: nil), schedule: Self.schedule, at: late)
        }
        #expect(payment.pollState.nextPollAt == late + .seconds(7200))
    }

    @Test func `a failure is looked at once more, and success at the ages of the audit`() {
        var failed = payment("decline", .failed)
        #expect(failed.pollState.nextPollAt == start + .seconds(86_400))
        _ = failed.apply(
            PollResult(outcome: .unchanged, requestedAt: nil),
            schedule: Self.schedule,
            at: start + .seconds(86_401)
        )
        #expect(failed.pollState.phase == .done)
        var paid = payment("success", .succeeded)
        for age in [604_800, 2_592_000] {
            #expect(paid.pollState.nextPollAt == start + .seconds(age))
            _ = paid.apply(
                PollResult(outcome: .unchanged, requestedAt: nil),
                schedule: Self.schedule,
                at: start + .seconds(age + 1)
            )
        }
        #expect(paid.pollState.phase == .done)
    }

    @Test(arguments: [PollOutcome.unauthorized, .foreign, .undecodable])
    func `a second look that brought nothing is taken again`(_ outcome: PollOutcome) {
        var failed = payment("decline", .failed)
        let late = start + .seconds(86_401)
        _ = failed.apply(PollResult(outcome: outcome, requestedAt: nil), schedule: Self.schedule, at: late)
        #expect(failed.pollState.nextPollAt.map { $0 > late } == true)
        for _ in 1...9 {
            _ = failed.apply(
                PollResult(outcome: outcome, requestedAt: nil),
                schedule: Self.schedule,
                at: late + .seconds(9_999_999)
            )
        }
        #expect(failed.pollState.phase != .unresolved, "how it ended is known")
        _ = failed.apply(
            PollResult(outcome: .unchanged, requestedAt: nil),
            schedule: Self.schedule,
            at: late + .seconds(9_999_999)
        )
        #expect(failed.pollState.phase == .done)
    }

    @Test(arguments: [PollOutcome.unauthorized, .foreign, .undecodable])
    func `what cannot be believed never ends the polling`(_ outcome: PollOutcome) {
        var payment = self.payment("processing", .pending)
        for hour in 1...1000 {
            let now = start + .seconds(hour * 3600)
            _ = payment.apply(PollResult(outcome: outcome, requestedAt: nil), schedule: Self.schedule, at: now)
            #expect(payment.pollState.nextPollAt.map { $0 > now } == true)
        }
    }

    @Test func `what was only ever requested is given up too, and an answer that says how it ends settles that`() {
        var payment = Payment(id: "EP-1", isFolded: false)
        _ = payment.expect(at: start)
        payment.isNew = false
        for minute in 1...100 {
            let now = start + .seconds(minute * 60)
            let result = PollResult(outcome: .notFound, requestedAt: payment.pollState.requestedAt)
            _ = payment.apply(result, schedule: Self.schedule, at: now)
        }
        #expect(payment.pollState.phase == .unresolved)
        let now = start + .seconds(9000)
        payment.poll(named: "EP-1", at: now)
        let requestedAt = payment.pollState.requestedAt
        var report = PaymentReport(id: "EP-1")
        report.status = Status(word: "success", state: .succeeded)
        let origin = Origin.answer(overtaken: false)
        _ = payment.record(report, operations: [], from: origin, schedule: Self.schedule, at: now)
        let heard = payment.apply(
            PollResult(outcome: .applied, requestedAt: requestedAt),
            schedule: Self.schedule,
            at: now
        )
        #expect(heard.resolved[.unresolved] != nil)
    }

    @Test func `a callback does not put off what is wanted at once`() {
        var payment = self.payment("processing", .pending)
        payment.poll(named: "EP-1", at: start + .seconds(1))
        var report = PaymentReport(id: "EP-1")
        report.status = Status(word: "awaiting 3ds result", state: .pending)
        let later = start + .seconds(2)
        _ = payment.record(report, operations: [], from: .callback, schedule: Self.schedule, at: later)
        #expect(payment.pollState.nextPollAt == start + .seconds(1))
    }

    @Test func `rubbish is asked about ever more rarely, and never at once`() {
        var payment = self.payment("processing", .pending)
        var now = start + .seconds(60)
        var pauses: [Int64] = []
        for _ in 1...20 {
            _ = payment.apply(PollResult(outcome: .undecodable, requestedAt: nil), schedule: Self.schedule, at: now)
            guard let next = payment.pollState.nextPollAt else { break }
            pauses.append(next.milliseconds - now.milliseconds)
            now = next
        }
        #expect(pauses.count == 20 && pauses == pauses.sorted() && pauses.last == 300_000)
        #expect(payment.pollState.attempt == 0, "it uses up nothing")
    }

    @Test func `what was noted by a clock that ran ahead does not come up again and again`() {
        var failed = payment("decline", .failed)
        let now = start - .seconds(200_000)
        _ = failed.apply(PollResult(outcome: .unchanged, requestedAt: nil), schedule: Self.schedule, at: now)
        #expect(failed.pollState.nextPollAt == now + .seconds(86_400))
    }

    @Test func `a poll request for an old payment is not put off for a long step`() {
        var payment = self.payment("processing", .pending)
        for minute in 1...9 {
            let now = start + .seconds(minute * 60)
            _ = payment.apply(PollResult(outcome: .unchanged, requestedAt: nil), schedule: Self.schedule, at: now)
        }
        let now = start + .seconds(600)
        payment.poll(named: "EP-1", at: now)
        let result = PollResult(outcome: .notFound, requestedAt: payment.pollState.requestedAt)
        _ = payment.apply(result, schedule: Self.schedule, at: now + .seconds(1))
        #expect(payment.pollState.nextPollAt.map { $0 <= now + .seconds(61) } == true)
    }

    @Test func `a poll in between does not take the second look's place`() {
        var payment = self.payment("decline", .failed)
        payment.poll(named: "EP-1", at: start + .seconds(10))
        let requestedAt = payment.pollState.requestedAt
        _ = payment.apply(
            PollResult(outcome: .unchanged, requestedAt: requestedAt),
            schedule: Self.schedule,
            at: start + .seconds(11)
        )
        #expect(payment.pollState.nextPollAt == start + .seconds(86_400))
    }

    static let serving: [(PollOutcome, Bool, Bool)] = [
        (.applied, true, true), (.unchanged, true, true), (.late, true, true), (.notFound, false, true),
        (.unrecognised, false, false), (.unauthorized, false, false), (.undecodable, false, false),
        (.foreign, false, false), (.rateLimited, false, false), (.unavailable, false, false),
    ]

    @Test(arguments: serving)
    func `a poll request stays until a usable answer serves it`(
        _ outcome: PollOutcome,
        _ whilePending: Bool,
        _ whenFinal: Bool
    ) {
        for (state, isServed) in [(State.pending, whilePending), (.succeeded, whenFinal)] {
            var payment = self.payment("\(state)", state)
            payment.poll(named: "EP-1", at: start)
            let result = PollResult(outcome: outcome, requestedAt: payment.pollState.requestedAt)
            _ = payment.apply(result, schedule: Self.schedule, at: start + .seconds(1))
            #expect((payment.pollState.requestedAt == nil) == isServed, "\(state)")
            #expect(isServed || payment.pollState.nextPollAt != nil)
        }
    }

    @Test func `a poll request that came after the poll was sent is followed at once`() {
        var payment = self.payment("processing", .pending)
        payment.poll(named: "EP-1", at: start)
        let first = payment.pollState.requestedAt
        payment.poll(named: "EP-1", at: start)
        #expect(payment.pollState.requestedAt != first, "two requests of the same millisecond can be told apart")
        let now = start + .seconds(2)
        _ = payment.apply(PollResult(outcome: .unchanged, requestedAt: first), schedule: Self.schedule, at: now)
        #expect(payment.pollState.requestedAt != nil && payment.pollState.nextPollAt == now)
    }

    @Test func `trouble uses up nothing, and waits as long as the gateway asks for`() {
        var payment = self.payment("processing", .pending)
        for outcome in [PollOutcome.rateLimited, .unavailable] {
            let result = PollResult(outcome: outcome, requestedAt: nil, pause: .seconds(600))
            _ = payment.apply(result, schedule: Self.schedule, at: start)
            #expect(payment.pollState.attempt == 0 && payment.pollState.nextPollAt == start + .seconds(600))
        }
    }

    @Test func `an answer overtaken by a callback that is held leaves the poll request`() {
        var payment = self.payment("success", .succeeded)
        let requestedAt = payment.pollState.requestedAt
        _ = payment.hold(at: start + .seconds(1))
        _ = payment.apply(
            PollResult(outcome: .unchanged, requestedAt: requestedAt),
            schedule: Self.schedule,
            at: start + .seconds(2)
        )
        #expect(payment.isHeld && payment.pollState.nextPollAt == start + .seconds(2))
    }

    @Test func `a clock that was set back delays, and forgets nothing`() {
        var payment = self.payment("processing", .pending)
        let before = start - .seconds(1_000_000)
        _ = payment.apply(PollResult(outcome: .unchanged, requestedAt: nil), schedule: Self.schedule, at: before)
        let next = payment.pollState.nextPollAt ?? .init(milliseconds: .max)
        #expect(next > before && next <= before + Self.schedule.longestPause)
    }

    @Test func `an answer that cannot be believed is an alarm until one can`() {
        var payment = self.payment("processing", .pending)
        func apply(_ outcome: PollOutcome) -> Consequences {
            payment.apply(
                PollResult(outcome: outcome, requestedAt: nil, detail: "signature"),
                schedule: Self.schedule,
                at: start
            )
        }
        #expect(apply(.undecodable).anomalies.map(\.kind) == [.undecodable])
        #expect(apply(.foreign).anomalies.map(\.kind) == [.foreignAnswer])
        #expect(apply(.notFound).resolved.isEmpty)
        #expect(Set(apply(.unchanged).resolved.map(\.kind)).isSuperset(of: [.undecodable, .foreignAnswer]))
    }

    private func payment(_ word: String, _ state: State, id: String = "EP-1") -> Payment {
        var report = PaymentReport(id: id)
        report.status = Status(word: word, state: state)
        report.type = "purchase"
        report.purpose = .purchase
        report.amount = 5200
        var payment = Payment(id: id, isFolded: false)
        _ = payment.record(report, operations: [], from: .callback, schedule: Self.schedule, at: start)
        payment.isNew = false
        return payment
    }
}
