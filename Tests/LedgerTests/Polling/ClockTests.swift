import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// After a clock that ran ahead is corrected, nothing waits for a time that only that clock gave.
@Suite struct ClockTests {
    private static let day: Int64 = 86_400
    /// Today, in seconds.
    private static let today = 100 * day
    /// The time of the wrong clock.
    private static let ahead = today + 20 * day

    /// The daemon's defaults, except for held money, which waits longer than any step.
    private static let schedule = PollSchedule(
        firstAfter: .seconds(60),
        steps: [60, 3600, day].map { .seconds($0) },
        giveUpAfter: .seconds(14 * day),
        authorizedEvery: .seconds(3 * day),
        secondLook: .seconds(day),
        audit: [.seconds(7 * day), .seconds(30 * day)]
    )

    private static func bench() async throws -> LedgerBench {
        let bench = try LedgerBench()
        try await bench.ledger.reconfigure(
            accounts: [.ecp, .ecc],
            schedule: schedule,
            quota: .hundred,
            capacity: 8192
        )
        return bench
    }

    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

    /// Corrects the clock.
    private func putRight(_ bench: LedgerBench, at seconds: Int64 = today) async throws {
        try await bench.ledger.recall(by: Self.schedule, at: Self.time(seconds))
    }

    /// The plans of payments, by the days left until then.
    private func plans(_ bench: LedgerBench, after seconds: Int64 = today) throws -> [String] {
        try bench.rows(
            "SELECT payment_id, round((next_poll_at / 1000.0 - ?) / 86400.0, 1) FROM payment WHERE next_poll_at IS NOT NULL ORDER BY 1",
            [seconds]
        )
    }

    static let states: [(word: String, state: State, days: String)] = [
        ("processing", .pending, "0.0"), ("teleported", .unknown, "0.0"), ("awaiting capture", .authorized, "0.0"),
        ("decline", .failed, "1.0"), ("expired", .expired, "1.0"), ("success", .succeeded, "7.0"),
    ]

    @Test(arguments: states)
    func `what it planned is asked about as a right clock would have it, each for its reason`(
        _ word: String,
        _ state: State,
        _ days: String
    ) async throws {
        let bench = try await Self.bench()
        try await bench.record(.stated(word, state, at: 1), at: Self.ahead * 1000)
        try await putRight(bench)
        #expect(try plans(bench) == ["EP-1 \(days)"])
        try await putRight(bench, at: Self.today + 60)
        #expect(try plans(bench) == ["EP-1 \(days)"], "once is enough")
    }

    @Test(arguments: states)
    func `what a right clock planned stays as it is`(_ word: String, _ state: State, _: String) async throws {
        let bench = try await Self.bench()
        try await bench.record(.stated(word, state, at: 1), at: (Self.today - 3600) * 1000)
        let before = try plans(bench)
        #expect(before.count == 1)
        try await putRight(bench)
        #expect(try plans(bench) == before)
    }

    @Test func `the audit that is left after the first one stays`() async throws {
        let bench = try await Self.bench()
        try await bench.record(.stated("success", .succeeded, at: 1), at: (Self.today - 8 * Self.day) * 1000)
        let first = try #require(try await bench.due(at: Self.today - Self.day))
        let answer = ReceivedCallback.Content.stated("success", .succeeded, at: 1).answer
        try await bench.answer(first, answer, at: Self.today - Self.day)
        try await putRight(bench)
        #expect(try plans(bench) == ["EP-1 22.0"], "thirty days after the payment")
    }

    @Test func `what was answered while the clock ran ahead is asked about again at once`() async throws {
        let bench = try await Self.bench()
        try await bench.record(.stated("processing", .pending, at: 1), at: (Self.today - 3600) * 1000)
        let poll = try #require(try await bench.due(at: Self.ahead))
        try await bench.answer(poll, .notFound, at: Self.ahead)
        #expect(try await bench.due(at: Self.today) == nil)
        try await putRight(bench)
        #expect(try await bench.due(at: Self.today) != nil)
    }

    @Test(arguments: [300, 3600, 20 * 3600] as [Int64])
    func `also a clock that ran ahead by little leaves nothing waiting for it`(_ seconds: Int64) async throws {
        let bench = try await Self.bench()
        let ahead = Self.today + seconds
        for (word, state, _) in Self.states {
            try await bench.record(.stated(word, state, id: "EP-\(word)", at: 1), at: ahead * 1000)
        }
        try await bench.record(.transaction("root", .payment), account: "ecc", at: (Self.today - 60) * 1000)
        try await bench.record(
            .transaction("child", .refund, parent: "root", word: "pending", .pending),
            account: "ecc",
            at: ahead * 1000
        )
        _ = try await bench.watch(.checkout(token: "token"), account: "ecc", at: ahead)
        _ = try await bench.instruct(.poll, .subscription(id: "sbs_1"), account: "ecc", at: ahead)
        #expect(try await bench.due(at: Self.today) == nil)
        #expect(try await bench.due("ecc", at: Self.today) == nil)
        let count = try await bench.ledger.recall(by: Self.schedule, at: Self.time(Self.today))
        #expect(count == Self.states.count + 3)
        #expect(
            try await bench.ledger.recall(by: Self.schedule, at: Self.time(Self.today + 1)) == 0,
            "once is enough"
        )
        var due: Set<Entity> = []
        for account in ["ecp", "ecc"] {
            while let poll = try await bench.due(account, at: Self.today) {
                due.insert(poll.entity)
                try await bench.answer(poll, .unavailable, pause: .seconds(300), at: Self.today)
            }
        }
        let open: Set<Entity> = [
            .payment(id: "EP-processing"), .payment(id: "EP-teleported"), .payment(id: "EP-awaiting capture"),
            .operation(id: "child"), .checkout(token: "token"), .subscription(id: "sbs_1"),
        ]
        #expect(due == open)
        let ended = try bench.rows(
            "SELECT max(next_poll_at) <= ? FROM payment WHERE state IN ('failed', 'expired')",
            [
                (Self.today + Self.day) * 1000
            ]
        )
        #expect(ended == ["1"], "the second look, too, is counted from now")
    }

    @Test func `an answer that came while it ran ahead by little is followed by a poll in time`() async throws {
        let bench = try await Self.bench()
        try await bench.record(.stated("processing", .pending, at: 1), at: (Self.today - 7200) * 1000)
        for seconds in [7200, 7400] as [Int64] {
            let poll = try #require(try await bench.due(at: Self.today + seconds))
            try await bench.answer(poll, .notFound, at: Self.today + seconds)
        }
        #expect(try await bench.due(at: Self.today + 3600) == nil)
        try await putRight(bench)
        #expect(try await bench.due(at: Self.today) != nil)
    }

    @Test func `an open operation under a payment that has ended is asked about at once`() async throws {
        let bench = try await Self.bench()
        try await bench.record(.stated("success", .succeeded, at: 1), at: (Self.today - 3600) * 1000)
        var refund = OperationReport(id: "502", kind: .refund, status: Status(word: "processing", state: .pending))
        refund.gatewayTime = Timestamp(milliseconds: 2000)
        var payment = PaymentReport(id: "EP-1")
        payment.status = Status(word: "success", state: .succeeded)
        payment.gatewayTime = Timestamp(milliseconds: 2000)
        let report = Report(payment: payment, operations: [refund])
        try await bench.record(.report(report), at: (Self.today - 1800) * 1000)
        let poll = try #require(try await bench.due(at: Self.ahead))
        try await bench.answer(poll, .report(report), at: Self.ahead)
        #expect(try await bench.due(at: Self.today) == nil)
        try await putRight(bench)
        #expect(try await bench.due(at: Self.today)?.entity == .payment(id: "EP-1"))
    }

    @Test func `a child, a token, a subscription and a poll request wait no longer than others`() async throws {
        let bench = try await Self.bench()
        try await bench.record(.transaction("root", .payment), account: "ecc", at: (Self.today - 60) * 1000)
        try await bench.record(
            .transaction("child", .refund, parent: "root", word: "pending", .pending),
            account: "ecc",
            at: Self.ahead * 1000
        )
        _ = try await bench.watch(.checkout(token: "token"), account: "ecc", at: Self.ahead)
        for entity in [Entity.subscription(id: "sbs_1"), .payment(id: "root")] {
            _ = try await bench.instruct(.poll, entity, account: "ecc", at: Self.ahead)
        }
        while let poll = try await bench.due("ecc", at: Self.ahead) {
            try await bench.answer(poll, .unavailable, pause: .seconds(300), at: Self.ahead)
        }
        #expect(try await bench.due("ecc", at: Self.today) == nil)
        try await putRight(bench)
        var due: Set<Entity> = []
        while let poll = try await bench.due("ecc", at: Self.today) {
            due.insert(poll.entity)
            try await bench.answer(poll, .unavailable, pause: .seconds(300), at: Self.today)
        }
        let all: Set<Entity> = [
            .operation(id: "child"), .checkout(token: "token"), .subscription(id: "sbs_1"), .payment(id: "root"),
        ]
        #expect(due == all)
    }

    @Test func `a poll request that it dated does not make the gateway be asked every minute for days`() async throws {
        let bench = try await Self.bench()
        try await bench.record(.stated("processing", .pending, at: 1), at: (Self.today - 3600) * 1000)
        _ = try await bench.instruct(.poll, .payment(id: "EP-1"), at: Self.ahead)
        try await putRight(bench)
        var (now, polls) = (Self.today, 0)
        while now < Self.today + 5 * Self.day {
            now += 60
            while let poll = try await bench.due(at: now) {
                polls += 1
                try await bench.answer(poll, .notFound, at: now)
            }
        }
        #expect((4...10).contains(polls), "\(polls)")
    }

    @Test func `what was put right is the same when everything is derived again`() async throws {
        let (bench, library) = (try await Self.bench(), Library())
        for (number, (word, state, _)) in Self.states.enumerated() {
            let content = ReceivedCallback.Content.stated(word, state, id: "EP-\(number)", at: 1)
            _ = library.body("callback \(number)", saying: content)
            try await bench.record(content, "callback \(number)", at: Self.ahead * 1000)
        }
        try await putRight(bench)
        try await bench.ledger.finish()
        #expect(try library.agrees(with: bench))
    }

    @Test func `many are looked through in portions, and right ones do not hide wrong ones`() async throws {
        let bench = try await Self.bench()
        for number in 0..<10 {
            let content = ReceivedCallback.Content.stated("success", .succeeded, id: "A-\(number)", at: 1)
            try await bench.record(content, at: (Self.today - 60) * 1000)
        }
        // More than a portion holds, all with the same time.
        try bench.tamper(
            """
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 5000)
            INSERT INTO payment (id, account, payment_id, purpose, status, state, held_minor, captured_minor, refunded_minor,
                                 charged_back_minor, paid_out_minor, balance_minor, held, reconciliation, next_poll_at,
                                 attempt, asking_since, first_seen_at, updated_at, last_source)
            SELECT (SELECT max(id) FROM payment) + n, account, 'B-' || n, purpose, status, state, held_minor, captured_minor, refunded_minor,
                   charged_back_minor, paid_out_minor, balance_minor, held, reconciliation, next_poll_at, attempt,
                   asking_since, first_seen_at, updated_at, last_source
            FROM payment, number WHERE payment_id = 'A-0'
            """
        )
        try await bench.record(.stated("processing", .pending, id: "C", at: 1), at: Self.ahead * 1000)
        try await putRight(bench)
        #expect(try await bench.due(at: Self.today)?.entity == .payment(id: "C"))
        #expect(try bench.rows("SELECT count(DISTINCT next_poll_at) FROM payment") == ["2"], "the others stay")
    }
}
