import Ledger
import Payments
import TestSupport
import Testing

/// The public views after callbacks were recorded.
@Suite struct RecordingTests {
    @Test func `a payment, its operation, the history and the evidence are one commit`() async throws {
        let bench = try LedgerBench()
        let recorded = try await bench.record(.stated("success", .succeeded))
        #expect(recorded == RecordResult(callback: 1, effect: .applied, isDuplicate: false))
        #expect(
            try bench.rows(
                "SELECT account, payment_id, reference, status, state, final, amount, captured_minor FROM payments"
            )
                == ["ecp EP-1 EP-1 success succeeded 1 52.00 5200"]
        )
        #expect(try bench.rows("SELECT operation_id, state, amount FROM operations") == ["501 succeeded 52.00"])
        #expect(
            try bench.rows(
                "SELECT seq, entity, entity_id, from_state, to_state, evidence_id FROM transitions ORDER BY seq"
            )
                == ["1 operation 501 - succeeded callback:1", "2 payment EP-1 - succeeded callback:1"]
        )
        #expect(
            try bench.rows("SELECT effect, rule, deliveries, remote_address, payment_id, operation_id FROM callbacks")
                == ["applied 1 1 192.0.2.1 EP-1 501"]
        )
    }

    @Test func `the same callback a thousand times at once has one effect`() async throws {
        let bench = try LedgerBench()
        let callback = bench.callback(.stated("success", .succeeded), "same")
        let firsts = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<1000 { group.addTask { try await bench.ledger.record(callback).isDuplicate == false } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(firsts == 1)
        #expect(try bench.rows("SELECT count(*), sum(deliveries) FROM callbacks") == ["1 1000"])
        #expect(try bench.rows("SELECT count(*) FROM transitions") == ["2"])
    }

    @Test func `bytes that could not be read when they came before are known again, even in a batch of new payments`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record(.undecodable("a place"), "body 7")
        let known = try await withThrowingTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    let content = ReceivedCallback.Content.stated("success", .succeeded, id: "P-\(number)")
                    return (number, try await bench.record(content, "body \(number)").isDuplicate)
                }
            }
            return try await group.filter(\.1).map(\.0).reduce(into: []) { $0.append($1) }
        }
        #expect(known == [7])
        #expect(try bench.rows("SELECT count(*), sum(deliveries) FROM callbacks") == ["100 101"])
        #expect(try bench.rows("SELECT count(*) FROM payments") == ["99"])
    }

    @Test func `the same bytes for another account are another callback`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("u", .payment), "same", account: "ecc")
        let other = try await bench.record(.stated("success", .succeeded), "same", account: "ecp")
        #expect(!other.isDuplicate)
    }

    @Test func `the change feed has no gaps, also where a batch holds a poison message`() async throws {
        let bench = try LedgerBench()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let isPoison = number % 50 == 7
                    return
                        (try? await bench.record(
                            .stated("success", .succeeded, id: "EP-\(number)"),
                            account: isPoison ? "nobody" : "ecp"
                        )) != nil
                }
            }
            return await group.reduce(into: [true: 0, false: 0]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes == [true: 294, false: 6])
        #expect(try bench.rows("SELECT count(*), min(seq), max(seq) FROM transitions") == ["588 1 588"])
        #expect(try bench.rows("SELECT count(*) FROM callbacks") == ["294"])
    }

    @Test func `history cannot be rewritten or deleted`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded))
        for sql in [
            "UPDATE transition SET to_state = 'failed'", "DELETE FROM transition",
            "DELETE FROM callback", "UPDATE callback SET verdict = 'ambiguous'", "UPDATE callback SET body = x'00'",
        ] {
            #expect(throws: (any Error).self, "\(sql)") { try bench.tamper(sql) }
        }
        #expect(try bench.rows("SELECT count(*) FROM transitions") == ["2"])
    }

    @Test func `a step back is held, is an alarm once, and leaves the payment as it is`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, at: 10), at: 1000)
        let back = try await bench.record(.stated("decline", .failed, at: 20), at: 2000)
        try await bench.record(.stated("decline", .failed, at: 30), at: 3000)
        #expect(back.effect == .held)
        #expect(
            try bench.rows(
                "SELECT state, updated_at, last_source, reconciliation, next_poll_at, open_anomalies FROM payments"
            )
                == ["succeeded 1970-01-01T00:00:01.000Z callback scheduled 1970-01-01T00:00:03.000Z 1"]
        )
        #expect(try bench.rows("SELECT kind, severity, evidence_id FROM anomalies") == ["regression alarm callback:2"])
        #expect(
            try bench.rows("SELECT what FROM timeline WHERE payment_id = 'EP-1'")
                == ["callback", "transition", "transition", "callback", "anomaly", "callback"]
        )
    }

    @Test func `an ambiguous body makes a payment of which nothing is believed`() async throws {
        let bench = try LedgerBench()
        guard case .report(let report) = ReceivedCallback.Content.stated("success", .succeeded) else { return }
        let recorded = try await bench.record(.unproven(report))
        #expect(recorded.effect == .held)
        #expect(
            try bench.rows("SELECT status, state, amount_minor, next_poll_at FROM payments")
                == ["- unknown - 1970-01-01T00:00:01.000Z"]
        )
        #expect(try bench.rows("SELECT kind, closed_at FROM anomalies") == ["ambiguous_signature -"])
        #expect(try bench.rows("SELECT count(*) FROM operations") == ["0"])
    }

    @Test func `what cannot be read is kept, with the place that is wrong`() async throws {
        let bench = try LedgerBench()
        let recorded = try await bench.record(.undecodable("payment.sum.amount is not a whole number"), "{}")
        #expect(recorded.effect == .undecodable)
        #expect(try bench.rows("SELECT effect, payment_id, body FROM callbacks") == ["undecodable - {}"])
        #expect(
            try bench.rows("SELECT kind, payment_id, detail FROM anomalies")
                == ["undecodable - payment.sum.amount is not a whole number"]
        )
    }

    @Test func `refunds of both gateways add up`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, at: 10))
        try await bench.record(
            .stated("partially refunded", .partiallyRefunded, operation: "502", kind: .refund, amount: 1200, at: 20)
        )
        try await bench.record(.transaction("u", .payment, reference: "order-1"), account: "ecc")
        try await bench.record(.transaction("r1", .refund, parent: "u", amount: 200, at: 20), account: "ecc")
        try await bench.record(.transaction("r2", .refund, parent: "u", amount: 300, at: 30), account: "ecc")
        #expect(
            try bench.rows("SELECT payment_id, state, captured_minor, refunded_minor FROM payments ORDER BY payment_id")
                == ["EP-1 partially_refunded 5200 1200", "u refunded 500 500"]
        )
        #expect(
            try bench.rows(
                "SELECT account, reference, state, payments, paid_minor, refunded_minor FROM orders ORDER BY account"
            )
                == ["ecc order-1 refunded 1 500 500", "ecp EP-1 partially_refunded 1 5200 1200"]
        )
    }

    @Test func `the best of an order's payments speaks for it`() async throws {
        let bench = try LedgerBench()
        try await bench.record(
            .transaction("a", .payment, word: "failed", .failed, reference: "order-1"),
            account: "ecc"
        )
        try await bench.record(.transaction("b", .payment, reference: "order-1"), account: "ecc")
        try await bench.record(
            .transaction("c", .payment, word: "expired", .expired, reference: "order-1"),
            account: "ecc"
        )
        #expect(
            try bench.rows("SELECT reference, state, payments, paid_minor FROM orders") == ["order-1 succeeded 3 500"]
        )
    }

    @Test func `a child before its root makes the payment, and the root fills it`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("r", .refund, parent: "u", amount: 500, at: 20), account: "ecc")
        #expect(
            try bench.rows("SELECT payment_id, status, state, reconciliation FROM payments") == [
                "u - unknown scheduled"
            ]
        )
        try await bench.record(.transaction("u", .payment, reference: "order-1"), account: "ecc")
        #expect(try bench.rows("SELECT payment_id, reference, state FROM payments") == ["u order-1 refunded"])
    }

    @Test func `a refund of a capture that comes before the capture ends up in the right payment`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("auth", .authorization), account: "ecc")
        try await bench.record(.transaction("refund", .refund, parent: "capture", at: 30), account: "ecc")
        #expect(
            try bench.rows("SELECT payment_id, state FROM payments ORDER BY 1") == [
                "auth authorized", "capture unknown",
            ]
        )
        try await bench.record(.transaction("capture", .capture, parent: "auth", at: 20), account: "ecc")
        #expect(try bench.rows("SELECT payment_id, state, refunded_minor FROM payments") == ["auth refunded 500"])
        #expect(
            try bench.rows("SELECT operation_id, payment_id FROM operations ORDER BY 1")
                == ["auth auth", "capture auth", "refund auth"]
        )
    }

    @Test func `an expired token is a checkout, not a payment`() async throws {
        let bench = try LedgerBench()
        var checkout = CheckoutReport(
            token: "t",
            status: Status(word: "error", state: .expired),
            isFinished: false,
            isExpired: true
        )
        checkout.amount = 4299
        try await bench.record(.report(Report(checkout: checkout)), account: "ecc")
        #expect(
            try bench.rows("SELECT token, status, state, finished, expired, reconciliation FROM checkouts")
                == ["t error expired 0 1 done"]
        )
        #expect(try bench.rows("SELECT entity, entity_id, to_state FROM transitions") == ["checkout t expired"])
        #expect(try bench.rows("SELECT count(*) FROM payments") == ["0"])
    }

    @Test func `a subscription whose last transaction is an operation of a payment makes no other payment of it`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record(.transaction("root", .authorization), account: "ecc")
        try await bench.record(.transaction("child", .capture, parent: "root"), account: "ecc")
        var subscription = SubscriptionReport(id: "sbs_1", status: Status(word: "active", state: .pending))
        subscription.paymentID = "child"
        try await bench.record(.report(Report(subscription: subscription)), account: "ecc")
        #expect(try bench.rows("SELECT payment_id, state FROM payments") == ["root succeeded"])
        #expect(try bench.rows("SELECT payment_id FROM callbacks WHERE id = 3") == ["root"])
    }

    @Test func `a subscription asks for the payment of its last transaction`() async throws {
        let bench = try LedgerBench()
        var subscription = SubscriptionReport(id: "sbs_1", status: Status(word: "active", state: .pending))
        subscription.paymentID = "u"
        subscription.plan = "Gold"
        try await bench.record(.report(Report(subscription: subscription)), account: "ecc")
        #expect(
            try bench.rows("SELECT subscription_id, status, plan, payment_id FROM subscriptions") == [
                "sbs_1 active Gold u"
            ]
        )
        #expect(try bench.rows("SELECT payment_id, state, reconciliation FROM payments") == ["u unknown scheduled"])
    }

    @Test func `the payments that changed last are listed first, by account, state and what is overdue`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, id: "A"), at: 1000)
        try await bench.record(.stated("success", .succeeded, id: "B"), at: 2000)
        try await bench.record(.transaction("C", .payment, word: "pending", .pending), account: "ecc", at: 3000)
        try await bench.record(.stated("success", .succeeded, id: "A", at: 20), at: 4000)
        func listed(_ account: String?, _ state: State?, overdueAt now: Int64? = nil, limit: Int = 10) throws
            -> [String]
        {
            let filter = PaymentFilter(
                account: account,
                state: state,
                isOverdue: now != nil,
                now: Timestamp(milliseconds: now ?? 0),
                limit: limit
            )
            return try LedgerReader(at: bench.location).payments(filter).map { $0.text("payment_id") }
        }
        #expect(try listed(nil, nil) == ["A", "C", "B"])
        #expect(try listed(nil, nil, limit: 1) == ["A"])
        #expect(try listed("ecp", nil) == ["A", "B"])
        #expect(try listed(nil, .pending) == ["C"])
        #expect(try listed(nil, nil, overdueAt: 62_000) == [])
        #expect(try listed(nil, nil, overdueAt: 64_000) == ["C"])
    }

    static let amounts: [(Int64, String, String)] = [
        (5200, "EUR", "52.00"), (5, "EUR", "0.05"), (-5, "EUR", "-0.05"), (90, "JPY", "90"), (1234, "KWD", "1.234"),
        (12, "CLF", "0.0012"), (.max, "EUR", "92233720368547758.07"), (.min, "EUR", "-92233720368547758.08"),
        (7, "QQQ", "-"),
    ]

    @Test(arguments: amounts)
    func `amounts are decimal text by the currency's exponent`(_ minor: Int64, _ currency: String, _ text: String)
        async throws
    {
        let bench = try LedgerBench()
        var payment = PaymentReport(id: "EP-1")
        payment.status = Status(word: "success", state: .succeeded)
        payment.amount = minor
        payment.currency = currency
        try await bench.record(.report(Report(payment: payment)))
        #expect(try bench.rows("SELECT amount FROM payments") == [text])
    }
}
