import Ledger
import Payments
import TestSupport
import Testing

/// «Is order X paid, what came in, what do I book?», answered by the public views.
@Suite struct BooksTests {
    @Test func `a payment is booked as it moves`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.purchase("r", .authorization, amount: 5000), account: "ecc", at: 1000)
        try await bench.record(.purchase("c", .capture, parent: "r", amount: 3000), account: "ecc", at: 2000)
        try await bench.record(.purchase("d", .capture, parent: "r", amount: 2000), account: "ecc", at: 3000)
        try await bench.record(.purchase("b", .refund, parent: "r", amount: 1500), account: "ecc", at: 4000)
        #expect(
            try bench.rows(
                "SELECT operation_id, kind, amount_minor, amount, currency, purpose, test FROM entries ORDER BY seq"
            ) == [
                "c capture 3000 30.00 EUR purchase 0", "d capture 2000 20.00 EUR purchase 0",
                "b refund -1500 -15.00 EUR purchase 0",
            ]
        )
        #expect(
            try bench.rows(
                "SELECT held_minor, captured_minor, refunded_minor, balance_minor, paid, amount_minor FROM payments"
            ) == ["0 5000 1500 3500 1 5000"]
        )
        #expect(try bench.rows("SELECT updated_at FROM payments") == ["1970-01-01T00:00:04.000Z"])
        let feed =
            "SELECT captured_minor, refunded_minor, moved_minor, kind FROM transitions WHERE entity = 'payment' ORDER BY seq"
        #expect(
            try bench.rows(feed) == [
                "0 0 - -", "3000 0 3000 capture", "5000 0 2000 capture", "5000 1500 -1500 refund",
            ]
        )
    }

    @Test func `a payment that was named after its own child gives its entries back`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.purchase("r", .payment, amount: 5000), account: "ecc")
        // The refund's first body names no parent.
        try await bench.record(.purchase("b", .refund, amount: 2000, at: 20), "1", account: "ecc")
        #expect(
            try bench.rows("SELECT payment_id, balance_minor FROM payments ORDER BY 1 DESC") == ["r 5000", "b -2000"]
        )
        try await bench.record(.purchase("b", .refund, parent: "r", amount: 2000, at: 20), "2", account: "ecc")
        #expect(
            try bench.rows("SELECT payment_id, balance_minor, state FROM payments") == ["r 3000 partially_refunded"]
        )
        #expect(
            try bench.rows("SELECT payment_id, kind, amount_minor FROM entries ORDER BY seq") == [
                "r capture 5000", "b refund -2000", "b refund 2000", "r refund -2000",
            ]
        )
    }

    @Test func `an order has a row for each currency, and speaks by its real purchases`() async throws {
        let bench = try LedgerBench()
        let order =
            "SELECT currency, state, paid, payments, paid_minor, balance_minor, test FROM orders WHERE reference = 'O' ORDER BY 1"
        try await bench.record(.purchase("t", .payment, reference: "O", isTest: true), account: "ecc")
        #expect(try bench.rows(order) == ["EUR succeeded 0 1 0 0 1"])
        try await bench.record(.purchase("v", .other, purpose: .verification, reference: "O"), account: "ecc")
        try await bench.record(.purchase("f", .payment, .failed, reference: "O"), account: "ecc")
        #expect(try bench.rows(order) == ["EUR failed 0 3 0 0 0"])
        try await bench.record(.purchase("p", .payment, amount: 700, reference: "O"), account: "ecc")
        try await bench.record(.purchase("u", .payment, amount: 90, currency: "USD", reference: "O"), account: "ecc")
        // It is only watched, and so has no currency yet.
        try await bench.watch("w", reference: "O")
        #expect(try bench.rows(order) == ["EUR succeeded 1 4 700 700 0", "USD succeeded 1 2 90 90 0"])
    }

    @Test func `both the gateway's reference and the one that was told find the order, each once`() async throws {
        let bench = try LedgerBench()
        try await bench.watch("p", reference: "MINE")
        try await bench.record(.purchase("p", .payment, reference: "THEIRS"), account: "ecc")
        try await bench.watch("q", reference: "SAME")
        try await bench.record(.purchase("q", .payment, reference: "SAME"), "q", account: "ecc")
        #expect(
            try bench.rows("SELECT reference, payments, paid FROM orders ORDER BY 1") == [
                "MINE 1 1", "SAME 1 1", "THEIRS 1 1",
            ]
        )
        #expect(try bench.rows("SELECT reference FROM payments ORDER BY payment_id") == ["THEIRS", "SAME"])
    }

    @Test func `an ecommpay payment is found by what was told, as its own reference is only its id`() async throws {
        let bench = try LedgerBench()
        try await bench.watch("EP-1-2", reference: "EP-1", account: "ecp")
        try await bench.record(.stated("decline", .failed, id: "EP-1"))
        try await bench.record(.stated("success", .succeeded, id: "EP-1-2"))
        #expect(
            try bench.rows("SELECT reference, state, paid, payments, paid_minor FROM orders") == [
                "EP-1 succeeded 1 2 5200"
            ]
        )
    }

    @Test func `sums that do not fit into 64 bits stop there, for everybody`() async throws {
        let bench = try LedgerBench()
        for uid in ["a", "b"] {
            try await bench.record(
                .purchase(uid, .payment, amount: 9_000_000_000_000_000_000, reference: "O"),
                account: "ecc"
            )
        }
        try await bench.record(.purchase("m", .payment, amount: .min, reference: "M"), account: "ecc")
        #expect(
            try bench.rows("SELECT reference, paid_minor, balance_minor FROM orders ORDER BY 1") == [
                "M 0 0", "O 9223372036854775807 9223372036854775807",
            ]
        )
    }

    @Test func `an alarm about money un-pays until a person accepts it, and comes again only with news`() async throws {
        let (bench, library) = (try LedgerBench(), Library())
        try await bench.watch("w", reference: "W", amount: 5000)
        let paid = "SELECT paid FROM payments"
        let alarms = "SELECT id, detail FROM anomalies WHERE kind = 'amount_mismatch' AND closed_at IS NULL"
        func tell(_ content: ReceivedCallback.Content, _ name: String) async throws {
            let body = String(decoding: library.body(name, saying: content), as: UTF8.self)
            try await bench.record(content, body, account: "ecc")
        }
        try await tell(.purchase("w", .authorization, amount: 5000, at: 10), "hold")
        try await tell(.purchase("c", .capture, parent: "w", amount: 1000, at: 20), "capture")
        #expect(try bench.rows(paid) == ["0"])
        #expect(try bench.rows(alarms) == ["1 1000 was taken, expected was 5000 (minor units)"])

        let closed = try await bench.ledger.acknowledge(1, note: "delivered in part", at: Timestamp(milliseconds: 3000))
        #expect(closed == AcknowledgementResult(instruction: 2, kind: .amountMismatch, account: "ecc", paymentID: "w"))
        #expect(try bench.rows(paid) == ["1"])
        #expect(
            try bench.rows("SELECT closed_at, resolution, acknowledged_by FROM anomalies") == [
                "1970-01-01T00:00:03.000Z delivered in part operator:2"
            ]
        )
        #expect(try bench.rows("SELECT count(*) FROM timeline WHERE summary LIKE '%delivered in part%'") == ["2"])
        #expect(
            try bench.rows("SELECT command, entity_id, kind, note FROM instructions WHERE id = 2") == [
                "acknowledge w amount_mismatch delivered in part"
            ]
        )

        try await tell(.purchase("w", .authorization, amount: 5000, at: 30), "the hold again")
        #expect(try bench.rows(alarms) == [], "the same contradiction is accepted")
        try await tell(.purchase("d", .capture, parent: "w", amount: 2000, at: 40), "another capture")
        #expect(try bench.rows(alarms) == ["2 3000 was taken, expected was 5000 (minor units)"])
        try await tell(.purchase("e", .capture, parent: "w", amount: 500, at: 50), "a third")
        #expect(
            try bench.rows(alarms) == ["3 3500 was taken, expected was 5000 (minor units)"],
            "it tells how things stand now"
        )
        #expect(try bench.rows(paid) == ["0"])

        await #expect(throws: AcknowledgementError.isClosed(resolution: "delivered in part")) {
            _ = try await bench.ledger.acknowledge(1, note: "again", at: Timestamp(milliseconds: 4000))
        }
        await #expect(throws: AcknowledgementError.unknownAnomaly) {
            _ = try await bench.ledger.acknowledge(99, note: "?", at: Timestamp(milliseconds: 4000))
        }
        #expect(try library.agrees(with: bench))
    }

    @Test func `what cannot be read makes known what it names, and has it asked about`() async throws {
        let bench = try LedgerBench()
        let root = ReceivedCallback.Content.undecodable(
            "transaction.amount is not whole",
            naming: Mention(paymentID: "r")
        )
        try await bench.record(root, "1", account: "ecc")
        let child = Mention(paymentID: "r", operationID: "b")
        try await bench.record(.undecodable("transaction.amount is not whole", naming: child), "2", account: "ecc")
        #expect(
            try bench.rows("SELECT effect, detail, payment_id, operation_id FROM callbacks ORDER BY id") == [
                "undecodable transaction.amount is not whole r -", "undecodable transaction.amount is not whole r b",
            ]
        )
        #expect(try bench.rows("SELECT payment_id, state, reconciliation FROM payments") == ["r unknown scheduled"])
        #expect(try bench.rows("SELECT operation_id, kind, reconciliation FROM operations") == ["b unknown scheduled"])
        #expect(try bench.rows("SELECT kind, payment_id FROM anomalies WHERE closed_at IS NULL") == ["undecodable r"])
    }

    @Test func `tokens are kept as they were last told`() async throws {
        let bench = try LedgerBench()
        for (index, expiry) in ["2030-01", "2031-01"].enumerated() {
            var report = ReceivedCallback.Content.stated("success", .succeeded, id: "EP-\(index)").told
            report.payment?.card = Card(brand: "visa", last4: "4242", expiry: expiry)
            report.payment?.credentials.cardToken = "tok-1"
            report.payment?.credentials.recurringID = "rec-\(index)"
            report.payment?.credentials.customerID = "C"
            try await bench.record(.report(report), expiry, at: 1000 + Int64(index))
        }
        // The fate of an older payment says nothing about the card.
        let refund = ReceivedCallback.Content.stated(
            "refunded",
            .refunded,
            id: "EP-0",
            operation: "502",
            kind: .refund,
            at: 20
        )
        try await bench.record(refund, "refund", at: 9000)
        var saved = TokenReport(kind: .card, token: "tok-2")
        saved.card = Card(last4: "1111")
        var report = Report()
        report.tokens = [saved]
        try await bench.record(.report(report), "saved")
        let tokens =
            "SELECT kind, token, customer_id, reference, payment_id, card_last_4, expires_on, test FROM tokens ORDER BY 1, 2"
        #expect(
            try bench.rows(tokens) == [
                "card tok-1 C EP-1 EP-1 4242 2031-01 0", "card tok-2 - - - 1111 - 0",
                "recurring rec-0 C EP-0 EP-0 4242 - 0", "recurring rec-1 C EP-1 EP-1 4242 - 0",
            ]
        )
    }

    @Test func `a late callback leaves what the next charge needs, but takes nothing back`() async throws {
        let bench = try LedgerBench()
        let steps = [
            ("new", ReceivedCallback.Content.stated("success", .succeeded, at: 20)),
            ("old", .stated("awaiting capture", .authorized)),
        ]
        for (token, step) in steps {
            var report = step.told
            report.payment?.credentials.cardToken = token
            report.payment?.credentials.recurringID = token == "old" ? "rec" : nil
            try await bench.record(.report(report), token)
        }
        #expect(try bench.rows("SELECT effect FROM callbacks ORDER BY id") == ["applied", "late"])
        #expect(try bench.rows("SELECT kind, token FROM tokens ORDER BY 1, 2") == ["card new", "recurring rec"])
    }

    @Test func `who has looked at what the gateway does not list is not told of it again`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, operation: "1"))
        var list = ReceivedCallback.Content.stated("success", .succeeded, operation: "2").told
        list.payment?.listsOperations = true
        func ask(at seconds: Int64) async throws {
            _ = try await bench.instruct(.poll, .payment(id: "EP-1"), at: seconds)
            let poll = try #require(try await bench.due(at: seconds))
            try await bench.answer(poll, .report(list), at: seconds + 1)
        }
        try await ask(at: 10)
        let open = "SELECT id, kind FROM anomalies WHERE closed_at IS NULL"
        #expect(try bench.rows(open) == ["1 conflict"])
        #expect(
            try bench.rows("SELECT paid, captured_minor FROM payments") == ["0 5200"],
            "the denied one does not count"
        )
        _ = try await bench.ledger.acknowledge(1, note: "seen", at: Timestamp(milliseconds: 20_000))
        try await ask(at: 30)
        #expect(try bench.rows(open) == [])
        #expect(try bench.rows("SELECT paid, captured_minor, reconciliation FROM payments") == ["1 5200 done"])
        #expect(
            try bench.rows("SELECT operation_id, amount_minor FROM entries ORDER BY seq") == [
                "1 5200", "1 -5200", "2 5200",
            ]
        )
    }

    @Test func `a child, its parent, then their root: all that was booked under the parent moves to the root`()
        async throws
    {
        for isWatched in [false, true] {
            let (bench, library) = (try LedgerBench(), Library())
            func tell(_ content: ReceivedCallback.Content, _ name: String) async throws {
                let body = String(decoding: library.body(name, saying: content), as: UTF8.self)
                try await bench.record(content, body, account: "ecc")
            }
            if isWatched { try await bench.watch("c", reference: "C") }
            try await tell(.purchase("v", .void, parent: "c", amount: 5000, isTest: true), "void")
            #expect(try bench.rows("SELECT payment_id, test FROM payments") == ["c 1"])
            try await tell(.purchase("c", .capture, parent: "r", amount: 5000), "capture")
            try await tell(.purchase("r", .authorization, amount: 5000), "hold")
            #expect(
                try bench.rows("SELECT payment_id, state, captured_minor, test FROM payments") == ["r cancelled 0 0"]
            )
            #expect(
                try bench.rows("SELECT payment_id, operation_id FROM operations WHERE payment_id = 'r' ORDER BY 2") == [
                    "r c", "r r", "r v",
                ]
            )
            #expect(
                try bench.rows(
                    "SELECT payment_id, sum(amount_minor) FROM entries GROUP BY 1 HAVING sum(amount_minor) <> 0"
                ) == []
            )
            #expect(try library.agrees(with: bench))
        }
    }

    @Test func `an order speaks by what makes it paid, and puts no money under a currency that nobody said`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record(.purchase("a", .payment, amount: 5000, reference: "O", at: 10), account: "ecc")
        try await bench.record(.purchase("a", .payment, amount: 4000, reference: "O", at: 20), "2", account: "ecc")
        #expect(try bench.rows("SELECT kind FROM anomalies WHERE closed_at IS NULL") == ["conflict"])
        try await bench.record(.purchase("b", .payment, amount: 5000, reference: "O"), "3", account: "ecc")
        try await bench.record(.purchase("f", .refund, parent: "b", amount: 1000), "4", account: "ecc")
        #expect(
            try bench.rows("SELECT state, paid, payment_id FROM orders") == ["succeeded 1 b"],
            "the one in conflict is the better one, but pays for nothing"
        )
        try await bench.record(
            .purchase("n", .payment, amount: 700, currency: nil, reference: "O"),
            "5",
            account: "ecc"
        )
        try await bench.watch("w", reference: "O")
        #expect(
            try bench.rows("SELECT currency, payments, paid_minor, balance_minor FROM orders ORDER BY 1 NULLS FIRST")
                == [
                    "- 1 700 700", "EUR 3 9000 8000",
                ]
        )
    }

    @Test func `a token that was paid late has succeeded, whatever comes first`() async throws {
        for isExpiryFirst in [true, false] {
            let bench = try LedgerBench()
            let status = Status(word: "error", state: .expired)
            let expired = CheckoutReport(token: "t", status: status, isFinished: false, isExpired: true)
            let steps: [ReceivedCallback.Content] = [
                .report(Report(checkout: expired)), .purchase("p", .payment, checkoutToken: "t"),
            ]
            if !isExpiryFirst {
                let open = CheckoutReport(
                    token: "t",
                    status: Status(word: "error", state: .pending),
                    isFinished: false,
                    isExpired: false
                )
                try await bench.record(.report(Report(checkout: open)), "open", account: "ecc")
            }
            for (index, step) in (isExpiryFirst ? steps : steps.reversed()).enumerated() {
                try await bench.record(step, "\(index)", account: "ecc")
            }
            #expect(try bench.rows("SELECT state, reconciliation FROM checkouts") == ["succeeded done"])
            #expect(try bench.rows("SELECT count(*) FROM anomalies WHERE closed_at IS NULL") == ["0"])
        }
    }

    @Test func `a late notice turns a subscription back neither in cycles nor in time`() async throws {
        let bench = try LedgerBench()
        func tell(_ word: String, _ standing: SubscriptionState, _ cycles: Int64, _ day: Int64) async throws {
            var report = SubscriptionReport(
                id: "sbs_1",
                status: Status(word: word, state: .pending),
                standing: standing
            )
            (report.paidCycles, report.chargedAt) = (cycles, Timestamp(milliseconds: day * 86_400_000))
            try await bench.record(.report(Report(subscription: report)), "\(word) \(cycles) \(day)", account: "ecc")
        }
        try await tell("active", .active, 1, 40)
        try await tell("trial", .trial, 0, 10)
        try await tell("failed_attempt", .pastDue, 1, 30)
        #expect(try bench.rows("SELECT status, state, paid_cycles FROM subscriptions") == ["active active 1"])
        #expect(try bench.rows("SELECT effect FROM callbacks ORDER BY id") == ["applied", "late", "late"])
        #expect(
            try bench.rows("SELECT from_state, to_state FROM transitions WHERE entity = 'subscription'") == ["- active"]
        )
    }

}

extension ReceivedCallback.Content {
    fileprivate var told: Report {
        switch self {
        case .report(let report), .unproven(let report): report
        case .undecodable: Report()
        }
    }

    /// eComCharge's report on a transaction of a real purchase.
    fileprivate static func purchase(
        _ uid: String,
        _ kind: OperationKind,
        _ state: State = .succeeded,
        purpose: Purpose = .purchase,
        parent: String? = nil,
        amount: Int64 = 500,
        currency: String? = "EUR",
        reference: String? = nil,
        checkoutToken: String? = nil,
        isTest: Bool = false,
        at seconds: Int64 = 10
    ) -> ReceivedCallback.Content {
        var report = OperationReport(id: uid, kind: kind, status: Status(word: "\(state)", state: state))
        (report.type, report.parentID, report.amount, report.currency) = (kind.rawValue, parent, amount, currency)
        (report.gatewayTime, report.isTest) = (Timestamp(milliseconds: seconds * 1000), isTest)
        guard parent == nil else { return .report(Report(operations: [report])) }
        var payment = PaymentReport(id: uid)
        (payment.type, payment.purpose, payment.reference) = (kind.rawValue, purpose, reference)
        (payment.checkoutToken, payment.isTest) = (checkoutToken, isTest)
        return .report(Report(payment: payment, operations: [report]))
    }
}

extension LedgerBench {
    fileprivate func watch(_ id: String, reference: String, amount: Int64? = nil, account: String = "ecc") async throws
    {
        _ = try await ledger.instruct(
            Instruction(
                account: account,
                entity: .payment(id: id),
                command: .watch(Expectation(reference: reference, amount: amount)),
                givenAt: Timestamp(milliseconds: 500)
            )
        )
    }
}
