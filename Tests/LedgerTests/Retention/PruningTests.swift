import Foundation
import Ledger
import Payments
import TestSupport
import Testing

/// What is emptied and dropped when its time is over, and what stays.
@Suite struct PruningTests {
    private static let day = Duration.seconds(86_400)
    private static let rule = RetentionPolicy(bodies: day * 400, rejected: .hundred)
    /// A time at which everything recorded at the beginning is old.
    private static let later = Timestamp(milliseconds: 1000) + day * 401

    @Test func `of an old callback the body goes, and all that was decided stays`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded), "one")
        let columns = "id, received_at, verdict, effect, payment_id, hex(digest)"
        let before = try bench.rows("SELECT \(columns) FROM callbacks ORDER BY id")
        let transitions = try bench.rows("SELECT * FROM transitions ORDER BY seq")
        #expect(try await bench.prune() == PruningResult(bodies: 1, bytes: 3))
        #expect(try bench.rows("SELECT body FROM callbacks") == ["-"])
        #expect(try bench.rows("SELECT \(columns) FROM callbacks ORDER BY id") == before)
        #expect(try bench.rows("SELECT * FROM transitions ORDER BY seq") == transitions)
        #expect(try await bench.record(.stated("success", .succeeded), "one").isDuplicate)
        #expect(try bench.rows("SELECT what FROM timeline WHERE payment_id = 'EP-1'").first == "callback")
        #expect(try await bench.prune() == PruningResult())
    }

    @Test func `what is young stays, and is found when it has grown old`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, id: "old"), at: 1000)
        try await bench.record(.stated("success", .succeeded, id: "young"), at: 1000 + (Self.day * 2).wholeMilliseconds)
        #expect(try await bench.prune().bodies == 1)
        #expect(try bench.rows("SELECT payment_id, body IS NULL FROM callbacks ORDER BY id") == ["old 1", "young 0"])
        #expect(try await bench.prune(at: Self.later + Self.day * 2).bodies == 1)
        #expect(try bench.rows("SELECT count(*) FROM callbacks WHERE body IS NULL") == ["2"])
    }

    @Test func `what a payment that is asked about rests on stays until it is settled`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        #expect(try await bench.prune() == PruningResult(needed: 1))
        #expect(try await bench.prune() == PruningResult(needed: 1), "it is looked at again")
        #expect(try bench.rows("SELECT body IS NULL FROM callbacks") == ["0"])
        try await bench.record(.stated("success", .succeeded, at: 20), at: Self.later.milliseconds)
        #expect(try await bench.prune().bodies == 1)
        #expect(try bench.rows("SELECT id, body IS NULL FROM callbacks ORDER BY id") == ["1 1", "2 0"])
    }

    @Test func `what an open anomaly is about stays`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.undecodable("no object"), "not JSON")
        try await bench.record(.stated("success", .succeeded), "plain")
        try await bench.record(.stated("success", .succeeded, amount: 1), "another amount", at: 2000)
        #expect(
            try bench.rows("SELECT kind FROM anomalies WHERE closed_at IS NULL ORDER BY id") == [
                "undecodable", "conflict",
            ]
        )
        #expect(try await bench.prune() == PruningResult(needed: 3))
    }

    @Test func `answers are emptied as callbacks are`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        let poll = try #require(try await bench.due(at: 61))
        try await bench.answer(poll, ReceivedCallback.Content.stated("success", .succeeded).answer, at: 62)
        #expect(try await bench.prune().bodies == 2)
        #expect(try bench.rows("SELECT outcome, body FROM polls") == ["applied -"])
    }

    @Test func `a clock that ran far ahead once stops nothing`() async throws {
        let bench = try LedgerBench()
        let ahead = (Self.later + Self.day * 10_000).milliseconds
        try await bench.record(.stated("success", .succeeded, id: "ahead"), at: ahead)
        try await bench.record(.stated("success", .succeeded, id: "right"), at: 2000)
        #expect(try await bench.prune().bodies == 1)
        #expect(try bench.rows("SELECT payment_id FROM callbacks WHERE body IS NULL") == ["right"])
        #expect(try await bench.prune(at: Timestamp(milliseconds: ahead) + Self.day * 401).bodies == 1)
    }

    @Test func `many are emptied in many steps, and callbacks are recorded between them`() async throws {
        let bench = try LedgerBench()
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<450 {
                group.addTask { try await bench.record(.stated("success", .succeeded, id: "EP-\(number)")) }
            }
        }
        try await bench.letTimePass(until: Self.later)
        async let pruned = bench.ledger.prune(by: Self.rule, pause: .zero, at: Self.later)
        async let another = bench.ledger.prune(by: Self.rule, pause: .zero, at: Self.later)
        try await bench.record(.stated("success", .succeeded, id: "meanwhile"), at: Self.later.milliseconds)
        let bodies = [try await pruned?.bodies ?? 0, try await another?.bodies ?? 0]
        #expect(bodies.reduce(0, +) == 450, "by one of them, else by the two one after the other")
        #expect(try bench.rows("SELECT payment_id FROM callbacks WHERE body IS NOT NULL") == ["meanwhile"])
    }

    @Test func `refused requests go by age and by number, and their count stays right`() async throws {
        let bench = try LedgerBench(quota: RejectionQuota(rows: 3, bytes: 1 << 20, age: Self.day * 30))
        for number in 0..<3 { #expect(bench.ledger.refuse(Self.rejection("\(number)", at: Int64(number)))) }
        try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
        try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
        let quota = RejectionQuota(rows: 2, bytes: 1 << 20, age: Self.day * 30)
        let rule = RetentionPolicy(bodies: Self.day, rejected: quota)
        #expect(try await bench.prune(rule, at: Timestamp(milliseconds: 0)).rejected == 1)
        #expect(try bench.rows("SELECT body FROM rejected ORDER BY id") == ["1", "2"])
        #expect(try await bench.prune(rule, at: Self.later).rejected == 2)
        for number in 3..<6 { #expect(bench.ledger.refuse(Self.rejection("\(number)", at: 1_000_000))) }
        try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
        try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
        #expect(try bench.rows("SELECT body FROM rejected ORDER BY id") == ["3", "4", "5"])
    }

    @Test func `when it was last done is known after a restart`() async throws {
        let bench = try LedgerBench()
        #expect(try await bench.ledger.lastPruning() == nil)
        _ = try await bench.prune()
        try await bench.ledger.finish()
        let again = try bench.reopened()
        #expect(try await again.lastPruning() == Self.later)
    }

    private static func rejection(_ body: String, at seconds: Int64) -> RejectedRequest {
        RejectedRequest(
            account: "ecp",
            body: Array(body.utf8),
            receivedAt: Timestamp(milliseconds: seconds * 1000),
            remoteAddress: nil,
            reason: "forged",
            signature: nil
        )
    }
}

extension LedgerBench {
    fileprivate func prune(
        _ rule: RetentionPolicy = RetentionPolicy(bodies: .seconds(400 * 86_400), rejected: .hundred),
        at now: Timestamp = Timestamp(milliseconds: 1000) + .seconds(401 * 86_400)
    ) async throws -> PruningResult {
        try await letTimePass(until: now)
        return try #require(try await ledger.prune(by: rule, pause: .zero, at: now))
    }

    /// Simulates that Paystate has been running, and looking at the clock, until now.
    fileprivate func letTimePass(until now: Timestamp) async throws {
        _ = try await ledger.doubtClock(at: now - .seconds(86_400))
        _ = try await ledger.doubtClock(at: now)
    }
}

extension PruningResult {
    fileprivate init(bodies: Int = 0, bytes: Int = 0, needed: Int = 0) {
        self.init()
        self.bodies = bodies
        self.bytes = bytes
        self.needed = needed
    }
}
