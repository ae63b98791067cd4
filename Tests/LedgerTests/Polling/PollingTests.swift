import Ledger
import Payments
import TestSupport
import Testing

/// Polls and answers, in the public views.
@Suite struct PollingTests {
    @Test func `what stays silent is due after a while, and its answer ends the asking`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        #expect(try await bench.due(at: 60) == nil)
        let poll = try #require(try await bench.due(at: 61))
        #expect(poll.entity == .payment(id: "EP-1"))
        #expect(
            try await bench.answer(poll, ReceivedCallback.Content.stated("success", .succeeded).answer, at: 62)
                == .applied
        )
        #expect(
            try bench.rows(
                "SELECT state, last_source, reconciliation, next_poll_at, last_poll_outcome, polls FROM payments"
            )
                == ["succeeded poll done - applied 1"]
        )
        #expect(
            try bench.rows("SELECT entity, entity_id, outcome, rule, http_status, endpoint, length(body) FROM polls")
                == ["payment EP-1 applied 8 200 transactions 9"]
        )
        #expect(
            try bench.rows(
                "SELECT source, evidence_id, to_state FROM transitions WHERE entity = 'payment' ORDER BY seq"
            )
                == ["callback callback:1 pending", "poll poll:1 succeeded"]
        )
        #expect(try await bench.due(at: 1_000_000) == nil)
    }

    @Test func `an answer that a callback overtook moves nothing, and the poll is repeated`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        let poll = try #require(try await bench.due(at: 61))
        try await bench.record(.stated("success", .succeeded, at: 20), at: 61_500)
        let pending = ReceivedCallback.Content.stated("awaiting 3ds result", .pending, at: 20).answer
        #expect(try await bench.answer(poll, pending, at: 62) == .late)
        #expect(try bench.rows("SELECT state, last_source FROM payments") == ["succeeded callback"])
        #expect(try await bench.due(at: 62) != nil, "its time is level: who is right?")
        let again = try #require(try await bench.due(at: 62))
        #expect(
            try await bench.answer(again, ReceivedCallback.Content.stated("success", .succeeded, at: 20).answer, at: 63)
                == .unchanged
        )
        #expect(try bench.rows("SELECT reconciliation FROM payments") == ["done"])
    }

    @Test func `an overtaken answer that is older is not asked about again`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        let poll = try #require(try await bench.due(at: 61))
        try await bench.record(.stated("success", .succeeded, at: 20), at: 61_500)
        let old = ReceivedCallback.Content.stated("awaiting 3ds result", .pending, at: 2).answer
        #expect(try await bench.answer(poll, old, at: 62) == .late)
        #expect(try bench.rows("SELECT reconciliation FROM payments") == ["done"])
    }

    @Test func `a late callback overtakes nothing`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 30), at: 1000)
        let poll = try #require(try await bench.due(at: 61))
        try await bench.record(.stated("awaiting 3ds result", .pending, at: 2), at: 61_500)
        let answer = ReceivedCallback.Content.stated("success", .succeeded, at: 40).answer
        #expect(try await bench.answer(poll, answer, at: 62) == .applied)
    }

    @Test func `what is held is wanted at once, and resolved by an answer to a later poll alone`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, at: 10), at: 1000)
        try await bench.record(.stated("decline", .failed, operation: "502", at: 20), at: 2000)
        let first = try #require(try await bench.due(at: 2))
        try await bench.record(.stated("decline", .failed, operation: "503", at: 30), at: 2500)
        let answer = ReceivedCallback.Content.stated("success", .succeeded, at: 30).answer
        #expect(try await bench.answer(first, answer, at: 3) == .unchanged)
        #expect(try bench.rows("SELECT closed_at FROM anomalies WHERE kind = 'regression'") == ["-"])
        let second = try #require(try await bench.due(at: 3))
        #expect(try await bench.answer(second, answer, at: 4) == .unchanged)
        #expect(
            try bench.rows("SELECT resolution FROM anomalies WHERE kind = 'regression'")
                == ["the gateway was asked, and its answer stands"]
        )
        #expect(try bench.rows("SELECT state FROM payments") == ["succeeded"])
    }

    @Test func `what is wanted at once goes before what is overdue`() async throws {
        let bench = try LedgerBench()
        for number in 1...20 {
            try await bench.record(.stated("processing", .pending, id: "EP-\(number)", at: 1), at: 1000)
        }
        _ = try await bench.instruct(.poll, .payment(id: "EP-15"), at: 500)
        #expect(try await bench.due(at: 500)?.entity == .payment(id: "EP-15"))
        let wanted = try #require(try await bench.due(at: 500))
        let other = try await bench.ledger.due(of: "ecp", besides: [wanted.id], at: Timestamp(milliseconds: 500_000))
        guard case .poll(let poll) = other else { return #expect(Bool(false), "twenty are overdue") }
        #expect(poll.entity != wanted.entity, "what is under way is not asked about twice")
    }

    @Test func `a child is asked about by its own uid, its root by the payment's`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("r1", .refund, parent: "root", word: "pending", .pending), account: "ecc")
        let root = try #require(try await bench.due("ecc", at: 1))
        #expect(root.entity == .payment(id: "root"))
        #expect(
            try await bench.answer(root, ReceivedCallback.Content.transaction("root", .payment).answer, at: 2)
                == .applied
        )
        let child = try #require(try await bench.due("ecc", at: 61))
        #expect(child.entity == .operation(id: "r1"))
        let refunded = ReceivedCallback.Content.transaction("r1", .refund, parent: "root", at: 20).answer
        #expect(try await bench.answer(child, refunded, at: 62) == .applied)
        #expect(try bench.rows("SELECT state, refunded_minor, reconciliation FROM payments") == ["refunded 500 done"])
        #expect(try bench.rows("SELECT entity, entity_id FROM polls ORDER BY id") == ["payment root", "operation r1"])
        #expect(try await bench.due("ecc", at: 63)?.entity == nil)
    }

    @Test func `a gateway that never knows it is given up on, and what it says later takes it up again`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        let poll = try #require(try await bench.due(at: 100_000))
        try await bench.answer(poll, .notFound, at: 100_000)
        #expect(try bench.rows("SELECT state, reconciliation, next_poll_at FROM payments") == ["pending unresolved -"])
        #expect(try bench.rows("SELECT kind, severity, closed_at FROM anomalies") == ["unresolved alarm -"])
        try await bench.record(.stated("success", .succeeded, at: 20), at: 100_001_000)
        #expect(try bench.rows("SELECT state, reconciliation FROM payments") == ["succeeded done"])
        #expect(try bench.rows("SELECT resolution FROM anomalies") == ["the gateway has reported again"])
    }

    @Test func `trouble is on record, uses up nothing, and shows in the account's health`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        let poll = try #require(try await bench.due(at: 61))
        #expect(try await bench.answer(poll, .unavailable, pause: .seconds(300), at: 61) == .unavailable)
        try await bench.ledger.pause("ecp", until: Timestamp(milliseconds: 361_000), reason: .unavailable)
        #expect(
            try bench.rows("SELECT paused_until, pause_reason FROM account_health WHERE account = 'ecp'")
                == ["1970-01-01T00:06:01.000Z unavailable"]
        )
        #expect(try await bench.due(at: 360) == nil)
        #expect(try await bench.due(at: 361) != nil)
        #expect(try bench.rows("SELECT outcome FROM polls") == ["unavailable"])
    }

    @Test func `an answer about a token tells of its payment too, which is then asked about by itself`() async throws {
        let bench = try LedgerBench()
        _ = try await bench.watch(.checkout(token: "t"), Payments.Expectation(reference: "order-9"), account: "ecc")
        let poll = try #require(try await bench.due("ecc", at: 61))
        var checkout = CheckoutReport(
            token: "t",
            status: Status(word: "incomplete", state: .pending),
            isFinished: false,
            isExpired: false
        )
        checkout.paymentID = "u"
        guard
            case .report(var report) = ReceivedCallback.Content.transaction("u", .payment, word: "incomplete", .pending)
        else {
            return
        }
        report.checkout = checkout
        report.payment?.checkoutToken = "t"
        try await bench.answer(poll, .report(report), at: 62)
        #expect(
            try bench.rows(
                "SELECT payment_id, state, reference, checkout_token, last_source, next_poll_at FROM payments"
            )
                == ["u pending order-9 t poll 1970-01-01T00:02:02.000Z"]
        )
        #expect(try bench.rows("SELECT payment_id, state, reconciliation FROM checkouts") == ["u pending scheduled"])
        #expect(try bench.rows("SELECT what FROM timeline WHERE payment_id = 'u' AND what = 'poll'") == ["poll"])
    }

    @Test func `a child that was taken for a root is asked about as a child, and leaves nothing behind`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("auth", .authorization, reference: "order"), account: "ecc", at: 1000)
        try await bench.record(.transaction("refund", .refund, parent: "capture"), account: "ecc", at: 2000)
        let poll = try #require(try await bench.due("ecc", at: 2))
        #expect(poll.entity == .payment(id: "capture"))
        let answer = ReceivedCallback.Content.transaction("capture", .capture, parent: "auth").answer
        #expect(try await bench.answer(poll, answer, at: 3) == .applied)
        #expect(
            try bench.rows("SELECT payment_id, state, reconciliation FROM payments") == ["auth refunded done"]
        )
        #expect(try await bench.due("ecc", at: 1_000_000) == nil)
        #expect(try bench.rows("SELECT entity, entity_id FROM polls") == ["operation capture"])
        let asked = EntityName(account: "ecc", entity: .payment(id: "capture"))
        let followed = try LedgerReader(at: bench.location).poll(about: asked, after: 0)
        #expect(followed?.text("outcome") == "applied", "who asked of a payment hears of what it turned out to be")
        #expect(
            try bench.rows("SELECT overdue, unresolved, open_alarms FROM account_health WHERE account = 'ecc'") == [
                "0 0 0"
            ]
        )
    }

    @Test func `a child whose first body named no parent moves to its parent when one does`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("root", .payment, reference: "order"), account: "ecc", at: 1000)
        try await bench.record(.transaction("r1", .refund), account: "ecc", at: 2000)
        #expect(try bench.rows("SELECT count(*) FROM payments") == ["2"])
        try await bench.record(.transaction("r1", .refund, parent: "root", at: 20), account: "ecc", at: 3000)
        #expect(try bench.rows("SELECT payment_id, state FROM payments") == ["root refunded"])
        #expect(try bench.rows("SELECT operation_id, parent_id FROM operations ORDER BY 1") == ["r1 root", "root -"])
    }

    @Test func `an answer about a child need not name its parent`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("root", .payment), account: "ecc", at: 1000)
        try await bench.record(
            .transaction("r1", .refund, parent: "root", word: "pending", .pending),
            account: "ecc",
            at: 2000
        )
        let poll = try #require(try await bench.due("ecc", at: 62))
        #expect(poll.entity == .operation(id: "r1"))
        let answer = ReceivedCallback.Content.transaction("r1", .refund, reference: "not the root's", at: 20).answer
        #expect(try await bench.answer(poll, answer, at: 63) == .applied)
        #expect(try bench.rows("SELECT payment_id, state, reference FROM payments") == ["root refunded -"])
        try await bench.record(.transaction("r1", .refund, parent: "root", at: 30), account: "ecc", at: 64_000)
        #expect(
            try bench.rows("SELECT count(*), count(*) FILTER (WHERE effect = 'unchanged') FROM callbacks") == ["3 1"]
        )
    }

    @Test func `what waits longest probes a gateway in trouble, wanted or not`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, id: "EP-1", at: 1), at: 1000)
        try await bench.record(.stated("processing", .pending, id: "EP-2", at: 1), at: 2000)
        _ = try await bench.instruct(.poll, .payment(id: "EP-2"), at: 500)
        let now = Timestamp(milliseconds: 500_000)
        guard case .poll(let wanted) = try await bench.ledger.due(of: "ecp", besides: [], at: now),
            case .poll(let probe) = try await bench.ledger.due(of: "ecp", besides: [], isProbe: true, at: now)
        else { return #expect(Bool(false), "both are due") }
        #expect([wanted.entity, probe.entity] == [.payment(id: "EP-2"), .payment(id: "EP-1")])
    }

    @Test func `a word that nobody knows stays an alarm until the gateway says another`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        try await bench.record(.stated("teleported", .unknown, at: 2), at: 2000)
        #expect(try bench.rows("SELECT kind, closed_at FROM anomalies") == ["unknown_status -"])
        try await bench.record(.stated("success", .succeeded, at: 30), at: 3000)
        #expect(try bench.rows("SELECT count(*) FROM anomalies WHERE closed_at IS NULL") == ["0"])
    }

    @Test func `an overtaken answer does not bring back an older word, known or not`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("teleported", .unknown, at: 1), at: 1000)
        let poll = try #require(try await bench.due(at: 61))
        try await bench.record(.stated("beamed", .unknown, at: 20), at: 61_500)
        #expect(
            try await bench.answer(
                poll,
                ReceivedCallback.Content.stated("teleported", .unknown, at: 1).answer,
                at: 62
            )
                == .late
        )
        #expect(try bench.rows("SELECT status FROM payments") == ["beamed"])
    }

    @Test func `polls are evidence: they are neither changed nor taken away`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending, at: 1), at: 1000)
        let poll = try #require(try await bench.due(at: 61))
        try await bench.answer(poll, .notFound, at: 61)
        for sql in ["DELETE FROM poll", "UPDATE poll SET outcome = 'applied'", "UPDATE poll SET body = x'00'"] {
            #expect(throws: (any Error).self) { try bench.tamper(sql) }
        }
    }
}
