import Ledger
import Payments
import TestSupport
import Testing

/// Instructions of people and programs to watch, and to poll.
@Suite struct WatchingTests {
    @Test func `a payment of which nothing came is found by asking`() async throws {
        let bench = try LedgerBench()
        let watched = try await bench.watch(.payment(id: "EP-1"), Payments.Expectation(amount: 5200, currency: "EUR"))
        #expect(watched.isNew && watched.state == .unknown && watched.reconciliation == .scheduled)
        #expect(
            try bench.rows("SELECT state, status, last_source, expected_amount_minor, expected_currency FROM payments")
                == ["unknown - operator 5200 EUR"]
        )
        #expect(try bench.rows("SELECT source, evidence_id FROM transitions") == ["operator operator:1"])
        let poll = try #require(try await bench.due(at: 61))
        try await bench.answer(poll, ReceivedCallback.Content.stated("success", .succeeded).answer, at: 62)
        #expect(try bench.rows("SELECT state, open_anomalies FROM payments") == ["succeeded 0"])
    }

    @Test func `watching again changes the expectation and nothing else`() async throws {
        let bench = try LedgerBench()
        let first = try await bench.watch(.payment(id: "EP-1"), Payments.Expectation(amount: 5200))
        let same = try await bench.watch(.payment(id: "EP-1"), Payments.Expectation(amount: 5200), at: 30)
        #expect(same.number == first.number && !same.isNew && same.nextPollAt == first.nextPollAt)
        let other = try await bench.watch(.payment(id: "EP-1"), Payments.Expectation(amount: 9900), at: 40)
        #expect(other.number != first.number && other.nextPollAt == first.nextPollAt)
        #expect(try bench.rows("SELECT expected_amount_minor FROM payments") == ["9900"])
        #expect(try bench.rows("SELECT count(*) FROM transitions") == ["1"])
        #expect(
            try bench.rows("SELECT command, entity_id, amount_minor FROM instructions ORDER BY id") == [
                "watch EP-1 5200", "watch EP-1 9900",
            ]
        )
    }

    static let mismatches: [(Payments.Expectation, [String])] = [
        (Payments.Expectation(amount: 9900), ["amount_mismatch"]), (Payments.Expectation(amount: 5200), []),
        (Payments.Expectation(amount: 5000), []),
        (Payments.Expectation(currency: "USD"), ["currency_mismatch"]), (Payments.Expectation(currency: "EUR"), []),
        (Payments.Expectation(), []),
        (Payments.Expectation(amount: 1, currency: "USD"), ["amount_mismatch", "currency_mismatch"]),
    ]

    @Test(arguments: mismatches)
    func `another amount or currency than expected is an alarm`(_ expected: Payments.Expectation, _ kinds: [String])
        async throws
    {
        let bench = try LedgerBench()
        _ = try await bench.watch(.payment(id: "EP-1"), expected)
        guard case .report(var report) = ReceivedCallback.Content.stated("success", .succeeded) else { return }
        report.payment?.initialAmount = 5000  // With a surcharge, the merchant's own amount is the smaller one.
        try await bench.record(.report(report))
        #expect(try bench.rows("SELECT kind FROM anomalies WHERE closed_at IS NULL ORDER BY kind") == kinds)
        _ = try await bench.watch(.payment(id: "EP-1"), Payments.Expectation(amount: 5200, currency: "EUR"), at: 9)
        #expect(try bench.rows("SELECT kind FROM anomalies WHERE closed_at IS NULL") == [])
    }

    @Test func `an abandoned cart is a notice`() async throws {
        let bench = try LedgerBench()
        _ = try await bench.watch(.payment(id: "EP-1"))
        let poll = try #require(try await bench.due(at: 100_000))
        try await bench.answer(poll, .notFound, at: 100_000)
        #expect(
            try bench.rows("SELECT state, reconciliation, open_anomalies FROM payments") == ["unknown unresolved 0"]
        )
        #expect(try bench.rows("SELECT kind, severity FROM anomalies") == ["unresolved notice"])
        let again = try await bench.watch(.payment(id: "EP-1"), at: 200_000)
        #expect(again.reconciliation == .scheduled && again.nextPollAt == Timestamp(milliseconds: 200_060_000))
    }

    @Test func `a token's reference is its payment's where the gateway gives none`() async throws {
        let bench = try LedgerBench()
        _ = try await bench.watch(
            .checkout(token: "t"),
            Payments.Expectation(reference: "order-9", amount: 1),
            account: "ecc"
        )
        #expect(try bench.rows("SELECT state, status, reference FROM checkouts") == ["pending - order-9"])
        guard case .report(var report) = ReceivedCallback.Content.transaction("u", .payment) else { return }
        report.payment?.checkoutToken = "t"
        try await bench.record(.report(report), account: "ecc")
        #expect(try bench.rows("SELECT reference, checkout_token FROM payments") == ["order-9 t"])
        #expect(try bench.rows("SELECT payment_id FROM checkouts") == ["u"])
        #expect(try bench.rows("SELECT kind FROM anomalies") == ["amount_mismatch"])
        _ = try await bench.watch(.payment(id: "u"), Payments.Expectation(reference: "order-10"), account: "ecc", at: 5)
        #expect(try bench.rows("SELECT reference FROM payments") == ["order-10"])
        report.payment?.reference = "order-10"
        try await bench.record(.report(report), "the gateway has the same", account: "ecc")
        _ = try await bench.watch(.payment(id: "u"), Payments.Expectation(reference: "order-11"), account: "ecc", at: 6)
        #expect(try bench.rows("SELECT reference FROM payments") == ["order-10"])
        report.payment?.reference = "the gateway's"
        try await bench.record(.report(report), "again", account: "ecc")
        #expect(try bench.rows("SELECT reference FROM payments") == ["the gateway's"])
    }

    @Test func `asking at once asks about a payment's open operations too`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("root", .payment), account: "ecc")
        try await bench.record(.transaction("r1", .refund, parent: "root", word: "pending", .pending), account: "ecc")
        let polled = try await bench.instruct(.poll, .payment(id: "root"), account: "ecc", at: 5)
        #expect(polled.entity == .payment(id: "root") && polled.nextPollAt == Timestamp(milliseconds: 5000))
        let first = try #require(try await bench.due("ecc", at: 5))
        let second = try await bench.ledger.due(of: "ecc", besides: [first.id], at: Timestamp(milliseconds: 5000))
        guard case .poll(let other) = second else { return #expect(Bool(false), "both are wanted") }
        #expect(Set([first.entity, other.entity]) == [.payment(id: "root"), .operation(id: "r1")])
        let child = try await bench.instruct(.poll, .payment(id: "r1"), account: "ecc", at: 6)
        #expect(child.entity == .operation(id: "r1"), "a uid may be a child's")
    }

    @Test func `a subscription is asked about on demand, until any answer`() async throws {
        let bench = try LedgerBench()
        _ = try await bench.instruct(.poll, .subscription(id: "sbs_1"), account: "ecc", at: 5)
        let poll = try #require(try await bench.due("ecc", at: 5))
        let report = SubscriptionReport(id: "sbs_1", status: Status(word: "active", state: .pending))
        #expect(try await bench.answer(poll, .report(Report(subscription: report)), at: 6) == .applied)
        #expect(try bench.rows("SELECT status, next_poll_at FROM subscriptions") == ["active -"])
    }

    static let refused: [(Entity, Instruction.Command, String, InstructionError)] = [
        (.payment(id: "EP-1"), .poll, "nobody", .unknownAccount), (.payment(id: "EP-1"), .poll, "ecp", .unknownEntity),
        (.checkout(token: "t"), .poll, "ecc", .unknownEntity), (.checkout(token: "t"), .poll, "ecp", .impossible),
        (.subscription(id: "sbs_1"), .watch(Payments.Expectation()), "ecc", .impossible),
    ]

    @Test(arguments: refused)
    func `what cannot be followed says why`(
        _ entity: Entity,
        _ command: Instruction.Command,
        _ account: String,
        _ error: InstructionError
    ) async throws {
        let bench = try LedgerBench()
        await #expect(throws: error) { try await bench.instruct(command, entity, account: account) }
        #expect(try bench.rows("SELECT count(*) FROM instructions") == ["0"])
    }

    @Test func `what is expected is told of a payment, and not of its operation`() async throws {
        let bench = try LedgerBench()
        var refund = OperationReport(id: "b", kind: .refund, status: Status(word: "pending", state: .pending))
        refund.parentID = "r"
        try await bench.record(.report(Report(operations: [refund])), account: "ecc")
        let told = Instruction.Command.watch(Payments.Expectation(amount: 50))
        await #expect(throws: InstructionError.isOperation(of: "r")) {
            try await bench.instruct(told, .payment(id: "b"), account: "ecc")
        }
        #expect(try bench.rows("SELECT expected_amount_minor FROM payments") == ["-"])
        #expect(try bench.rows("SELECT count(*) FROM instructions") == ["0"])
        _ = try await bench.instruct(.watch(Payments.Expectation()), .payment(id: "b"), account: "ecc")
        #expect(try bench.rows("SELECT command, entity_id FROM instructions") == ["watch r"])
    }

    @Test func `a poll request wakes the pollers`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, at: 10), at: 1000)
        try await bench.record(.stated("decline", .failed, at: 20), at: 2000)
        var pollRequests = bench.ledger.pollRequests.makeAsyncIterator()
        #expect(await pollRequests.next() != nil)
    }
}
