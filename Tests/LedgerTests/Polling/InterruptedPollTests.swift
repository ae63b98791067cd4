import Ledger
import Payments
import TestSupport
import Testing

/// No poll may end the process repeatedly.
@Suite struct InterruptedPollTests {
    /// Leaves what a killed process leaves and the next one finds: the polls noted in the file, and no answer.
    private func interrupt(_ bench: LedgerBench, at seconds: Int64, account: String = "ecp") async throws -> Int {
        let poll = try #require(try await bench.due(account, at: seconds))
        #expect(try await bench.ledger.begin(poll, at: Timestamp(milliseconds: seconds * 1000)))
        return try await bench.restart(at: seconds + 1)
    }

    @Test func `what was under way when the process ended waits its turn`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        #expect(try await interrupt(bench, at: 100) == 1)
        #expect(try await bench.due(at: 101) == nil)
        #expect(try await bench.due(at: 160) == nil)
        let again = try #require(try await bench.due(at: 200))
        #expect(again.entity == .payment(id: "EP-1"))
        #expect(
            try bench.rows("SELECT outcome, answered_at, detail FROM polls")
                == ["unavailable - Paystate ended before the answer was recorded"]
        )
        #expect(try bench.rows("SELECT count(*) FROM anomalies") == ["0"])
        #expect(try bench.rows("SELECT count(*) FROM question") == ["0"])
    }

    @Test func `a poll that is wanted at once waits too`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        _ = try await bench.instruct(.poll, .payment(id: "EP-1"), at: 50)
        #expect(try await interrupt(bench, at: 50) == 1)
        #expect(try await bench.due(at: 52) == nil)
        #expect(try await bench.due(at: 70) != nil)
    }

    @Test func `a second death on the same poll parks it with an alarm`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        _ = try await interrupt(bench, at: 100)
        _ = try await interrupt(bench, at: 300)
        #expect(try await bench.due(at: 10_000_000) == nil)
        #expect(try bench.rows("SELECT state, reconciliation, next_poll_at FROM payments") == ["pending unresolved -"])
        let alarms = try bench.rows("SELECT kind, severity, closed_at, detail FROM anomalies")
        #expect(alarms.count == 1)
        #expect(alarms.first?.hasPrefix("undecodable alarm - Paystate ended twice in a row") == true)

        // An operator may try again, and a readable answer ends it.
        _ = try await bench.instruct(.poll, .payment(id: "EP-1"), at: 20_000)
        let poll = try #require(try await bench.due(at: 20_000))
        let content = ReceivedCallback.Content.stated("success", .succeeded, at: 15_000).answer
        #expect(try await bench.answer(poll, content, at: 20_001) == .applied)
        #expect(try bench.rows("SELECT count(*) FROM anomalies WHERE closed_at IS NULL") == ["0"])
        #expect(try bench.rows("SELECT state FROM payments") == ["succeeded"])
    }

    @Test func `an answer between two deaths shows that the poll is harmless`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        _ = try await interrupt(bench, at: 100)
        let poll = try #require(try await bench.due(at: 300))
        #expect(try await bench.ledger.begin(poll, at: Timestamp(milliseconds: 300_000)))
        try await bench.answer(poll, .notFound, at: 301)
        _ = try await interrupt(bench, at: 1000)
        #expect(try await bench.due(at: 2000) != nil)
        #expect(try bench.rows("SELECT count(*) FROM anomalies") == ["0"])
    }

    @Test func `of the polls under suspicion one goes at a time, so that no innocent one is parked`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        try await bench.record(.stated("processing", .pending, id: "EP-2", operation: "502"))
        let first = try #require(try await bench.due(at: 100))
        #expect(try await bench.ledger.begin(first, at: Timestamp(milliseconds: 100_000)))
        let due = try await bench.ledger.due(of: "ecp", besides: [first.id], at: Timestamp(milliseconds: 100_000))
        guard case .poll(let second) = due else {
            Issue.record("only one is due")
            return
        }
        #expect(try await bench.ledger.begin(second, at: Timestamp(milliseconds: 100_000)))
        #expect(try await bench.restart(at: 101) == 2)

        #expect(try await bench.ledger.begin(first, at: Timestamp(milliseconds: 300_000)))
        #expect(try await !bench.ledger.begin(second, at: Timestamp(milliseconds: 300_000)))
        // It does not delay others.
        _ = try await bench.watch(.payment(id: "EP-3"), at: 200)
        let third = try #require(try await bench.due(at: 300))
        #expect(
            try await bench.ledger.begin(third, at: Timestamp(milliseconds: 300_000))
                == (third.entity == .payment(id: "EP-3"))
        )
        try await bench.answer(first, .notFound, at: 301)
        #expect(try await bench.ledger.begin(second, at: Timestamp(milliseconds: 302_000)))
    }

    @Test func `what is given up from our side is no suspect`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        let poll = try #require(try await bench.due(at: 100))
        #expect(try await bench.ledger.begin(poll, at: Timestamp(milliseconds: 100_000)))
        try await bench.ledger.withdraw(poll)
        #expect(try await bench.restart(at: 101) == 0)
        #expect(try await bench.due(at: 102) != nil)
    }

    @Test(arguments: ["operation", "checkout", "subscription"])
    func `whatever is asked about can be parked, and asked about again`(kind: String) async throws {
        let bench = try LedgerBench()
        switch kind {
        case "operation":
            try await bench.record(.transaction("uid-1", .payment), account: "ecc")
            try await bench.record(
                .transaction("uid-2", .refund, parent: "uid-1", word: "pending", .pending),
                account: "ecc"
            )
        case "checkout": _ = try await bench.watch(.checkout(token: "token"), account: "ecc")
        default:
            let report = SubscriptionReport(id: "sbs_1", status: Status(word: "active", state: .succeeded))
            try await bench.record(.report(Report(subscription: report)), account: "ecc")
            _ = try await bench.instruct(.poll, .subscription(id: "sbs_1"), account: "ecc")
        }
        _ = try await interrupt(bench, at: 100, account: "ecc")
        _ = try await interrupt(bench, at: 300, account: "ecc")
        #expect(try await bench.due("ecc", at: 100_000) == nil)
        #expect(try bench.rows("SELECT kind, severity FROM anomalies") == ["undecodable alarm"])
        let entity: Entity =
            switch kind {
            case "operation": .payment(id: "uid-2")
            case "checkout": .checkout(token: "token")
            default: .subscription(id: "sbs_1")
            }
        _ = try await bench.instruct(.poll, entity, account: "ecc", at: 200_000)
        #expect(try await bench.due("ecc", at: 200_000)?.entity.kind == kind)
    }
}

extension LedgerBench {
    /// Does what the next process does before it polls anything, and returns how many interrupted polls it finds.
    fileprivate func restart(at seconds: Int64) async throws -> Int {
        try await ledger.recordInterrupted(at: Timestamp(milliseconds: seconds * 1000)).count
    }
}
