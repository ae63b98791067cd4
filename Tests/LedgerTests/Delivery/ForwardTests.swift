import Payments
import TestSupport
import Testing

@testable import Ledger

/// What is passed on, in which order, and what a person can have done about it.
@Suite struct ForwardTests {
    private static let shop = DeliveryTarget(id: .shop, url: "http://127.0.0.1:8088/?wc-api=…")
    private let bench: LedgerBench

    init() throws {
        bench = try LedgerBench(targets: [Self.shop])
    }

    private func due(at time: Int64 = 5000, besides: Set<Int64> = [], limit: Int = 10) async throws -> [DueForward] {
        try await bench.ledger.dueForwards(
            to: .shop,
            besides: besides,
            limit: limit,
            at: Timestamp(milliseconds: time)
        ).forwards
    }

    private func record(_ outcome: DeliveryOutcome, of callback: Int64, at time: Int64 = 5000) async throws {
        let row = try #require(try await due(at: .max).first { $0.callback == callback })
        try await bench.ledger.record(
            [result(row, outcome, at: time)],
            to: .shop
        )
    }

    private func result(_ row: DueForward, _ outcome: DeliveryOutcome, at time: Int64 = 5000) -> ForwardResult {
        ForwardResult(
            forward: row.id,
            callback: row.callback,
            generation: row.generation,
            outcome: outcome,
            at: Timestamp(milliseconds: time)
        )
    }

    private func rows() throws -> [String] {
        try bench.rows("SELECT callback_id, state, attempts FROM forwards ORDER BY callback_id")
    }

    private func deliver(
        _ selection: DeliveryOrder.Selection = .undelivered,
        drops: Bool = false,
        at time: Int64 = 9000
    ) async throws -> DeliveryOrderResult {
        try await bench.ledger.deliver(
            DeliveryOrder(selection: selection, drops: drops),
            at: Timestamp(milliseconds: time)
        )
    }

    @Test func `a callback is due as it came, with the headers that came`() async throws {
        var callback = bench.callback(.stated("success", .succeeded), "{\"a\": 1 }\n")
        callback = ReceivedCallback(
            account: callback.account,
            body: callback.body,
            digest: callback.digest,
            receivedAt: callback.receivedAt,
            remoteAddress: callback.remoteAddress,
            verdict: .valid,
            form: callback.form,
            keyID: callback.keyID,
            content: callback.content,
            contentType: "application/json; charset=utf-8",
            contentSignature: "c2ln"
        )
        _ = try await bench.ledger.record(callback)
        let forward = try #require(try await due().first)
        #expect(forward.callback == 1 && forward.paymentID == "EP-1" && forward.attempts == 0)
        #expect(forward.body == Array("{\"a\": 1 }\n".utf8))
        #expect(forward.contentType == "application/json; charset=utf-8" && forward.contentSignature == "c2ln")
        #expect(forward.remoteAddress == "192.0.2.1" && forward.account == "ecp")
    }

    @Test func `the callbacks of a payment go one after the other, and payments beside each other`() async throws {
        try await bench.record(.stated("processing", .pending), "1")
        try await bench.record(.stated("success", .succeeded, at: 20), "2")
        try await bench.record(.stated("success", .succeeded, id: "EP-2"), "3")
        #expect(try await due().map(\.callback) == [1, 3])
        try await record(.delivered(status: 204), of: 1)
        #expect(try await due().map(\.callback).sorted() == [2, 3])
        #expect(try rows() == ["1 delivered 1", "2 waiting 0", "3 waiting 0"])
    }

    @Test func `what is being sent is not due again, and the next time is known`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        let first = try #require(try await due().first)
        #expect(try await due(besides: [first.id]).isEmpty)
        try await record(
            .failed(status: 500, error: "answered 500", nextAttemptAt: Timestamp(milliseconds: 7000)),
            of: 1
        )
        let found = try await bench.ledger.dueForwards(
            to: .shop,
            besides: [],
            limit: 10,
            at: Timestamp(milliseconds: 6000)
        )
        #expect(found.forwards.isEmpty && found.next == Timestamp(milliseconds: 7000))
        #expect(try await due(at: 7000).first?.attempts == 1)
    }

    @Test func `what a clock that ran ahead has planned is due at once when it is put right`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        let ahead = Timestamp(milliseconds: 86_400_000)
        try await record(.failed(status: 500, error: "answered 500", nextAttemptAt: ahead), of: 1)
        #expect(try await due(at: 6000).map(\.callback) == [1])
    }

    @Test func `a repeat from the gateway wakes what waits, and delivers nothing twice`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        try await record(.failed(status: nil, error: "refused", nextAttemptAt: Timestamp(milliseconds: 90_000)), of: 1)
        #expect(try await due(at: 6000).isEmpty)
        try await bench.record(.stated("success", .succeeded), "1", at: 6000)
        #expect(try await due(at: 6000).map(\.callback) == [1])
        try await record(.delivered(status: 200), of: 1, at: 6500)
        try await bench.record(.stated("success", .succeeded), "1", at: 7000)
        #expect(try await due(at: 8000).isEmpty)
    }

    @Test func `giving up raises an alarm and lets the next one go; ordering it again closes the alarm`() async throws {
        try await bench.record(.stated("processing", .pending), "1")
        try await bench.record(.stated("success", .succeeded, at: 20), "2")
        try await record(.gaveUp(status: 500, error: "answered 500"), of: 1)
        #expect(try rows() == ["1 gave_up 1", "2 waiting 0"])
        #expect(try await due().map(\.callback) == [2])
        #expect(
            try bench.rows(
                "SELECT kind, severity, payment_id, evidence_id, detail FROM anomalies WHERE closed_at IS NULL"
            )
                == [
                    "undelivered alarm EP-1 callback:1 callback:1 could not be passed on to shop in 1 attempts: answered 500"
                ]
        )
        #expect(try bench.rows("SELECT paid FROM payments") == ["1"], "it says nothing about the money")
        #expect(try await deliver() == DeliveryOrderResult(forwards: 2, targets: ["forward ecp/shop"]))
        #expect(try await due(at: 9000).map(\.callback) == [1], "the order of the payment holds again")
        #expect(try bench.rows("SELECT resolution FROM anomalies") == ["a person had it delivered again"])
    }

    @Test func `a payment's callbacks go again in their order, delivered or not`() async throws {
        try await bench.record(.stated("processing", .pending), "1")
        try await bench.record(.stated("success", .succeeded, at: 20), "2")
        for callback: Int64 in [1, 2] { try await record(.delivered(status: 200), of: callback) }
        #expect(try await deliver(.payment(id: "EP-1")).forwards == 2)
        #expect(try await due(at: 9000).map(\.callback) == [1])
        try await record(.delivered(status: 200), of: 1)
        #expect(try await due(at: 9000).map(\.callback) == [2])
        #expect(try await due(at: 9000).first?.attempts == 1)
    }

    @Test func `one that fails after it was ordered again waits for its turn`() async throws {
        try await bench.record(.stated("processing", .pending), "1")
        try await bench.record(.stated("success", .succeeded, at: 20), "2")
        try await record(.delivered(status: 200), of: 1)
        let second = try #require(try await due(at: .max).first)
        _ = try await deliver(.payment(id: "EP-1"))
        let (next, now) = (Timestamp(milliseconds: 11_000), Timestamp(milliseconds: 9500))
        let failure = DeliveryOutcome.failed(status: 500, error: "answered 500", nextAttemptAt: next)
        try await bench.ledger.record(
            [ForwardResult(forward: second.id, callback: second.callback, outcome: failure, at: now)],
            to: .shop
        )
        #expect(try await due(at: .max).map(\.callback) == [1])
    }

    @Test func `one callback goes again, and an order that names nothing known says so`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        try await record(.delivered(status: 200), of: 1)
        #expect(try await deliver(.callback(1)).forwards == 1)
        #expect(try await due(at: 9000).map(\.callback) == [1])
        await #expect(throws: DeliveryOrderError.unknownCallback(7)) { try await deliver(.callback(7)) }
        await #expect(throws: DeliveryOrderError.unknownPayment("EP-9")) { try await deliver(.payment(id: "EP-9")) }
        await #expect(throws: DeliveryOrderError.unknownTarget("shap", known: ["shop"])) {
            try await bench.ledger.deliver(DeliveryOrder(target: "shap"), at: Timestamp(milliseconds: 1))
        }
        await #expect(throws: DeliveryOrderError.self, "a forward target has no cursor") {
            try await deliver(.fromSeq(1))
        }
    }

    @Test func `what was being sent when it was ordered again does not count for the order`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        let first = try #require(try await due().first)
        #expect(try await deliver(.payment(id: "EP-1")).forwards == 1)
        for outcome in [DeliveryOutcome.delivered(status: 200), .gaveUp(status: 500, error: "answered 500")] {
            try await bench.ledger.record([result(first, outcome)], to: .shop)
            #expect(try rows() == ["1 waiting 0"], "\(outcome)")
        }
        #expect(try await due(at: 9000).map(\.callback) == [1])
    }

    @Test func `an order during the last attempt is not overruled by it`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        try await record(
            .failed(status: 500, error: "answered 500", nextAttemptAt: Timestamp(milliseconds: 6000)),
            of: 1
        )
        let last = try #require(try await due(at: 6000).first)
        _ = try await deliver(at: 6500)
        try await bench.ledger.record([result(last, .gaveUp(status: 500, error: "answered 500"), at: 7000)], to: .shop)
        #expect(try rows() == ["1 waiting 1"])
    }

    @Test func `what a person gave up stays given up until it is named`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        try await record(.gaveUp(status: 500, error: "answered 500"), of: 1)
        _ = try await deliver(.payment(id: "EP-1"), drops: true)
        #expect(try bench.rows("SELECT resolution FROM anomalies") == ["a person gave its delivery up"])
        #expect(try await deliver().forwards == 0)
        #expect(try rows() == ["1 gave_up 1"])
        #expect(try await deliver(.callback(1)).forwards == 1)
        #expect(try await due(at: 9000).map(\.callback) == [1])
    }

    @Test func `an alarm names all targets that gave up, and stays as long as one has`() async throws {
        let app = DeliveryTarget.ID(kind: .forward, account: "ecp", name: "app")
        let bench = try LedgerBench(targets: [Self.shop, DeliveryTarget(id: app, url: "http://x/")])
        try await bench.record(.stated("success", .succeeded), "1")
        for target in [DeliveryTarget.ID.shop, app] {
            let now = Timestamp(milliseconds: 5000)
            let row = try await bench.ledger.dueForwards(to: target, besides: [], limit: 1, at: now).forwards[0]
            try await bench.ledger.record([result(row, .gaveUp(status: nil, error: "refused"))], to: target)
        }
        let open = "SELECT detail FROM anomalies WHERE closed_at IS NULL"
        #expect(
            try bench.rows(open) == [
                """
                callback:1 could not be passed on to shop in 1 attempts: refused; \
                callback:1 could not be passed on to app in 1 attempts: refused
                """
            ]
        )
        let now = Timestamp(milliseconds: 9000)
        _ = try await bench.ledger.deliver(DeliveryOrder(target: "shop", selection: .payment(id: "EP-1")), at: now)
        #expect(try bench.rows(open).count == 1)
        _ = try await bench.ledger.deliver(DeliveryOrder(target: "app"), at: now)
        #expect(try bench.rows(open).isEmpty)
    }

    @Test func `what is dropped is given up without another attempt`() async throws {
        for number in 1...1200 {
            try await bench.record(.stated("success", .succeeded, id: "EP-\(number)"), "\(number)")
        }
        #expect(try await deliver(drops: true).forwards == 1200)
        #expect(
            try bench.rows("SELECT state, last_error, count(*) FROM forwards GROUP BY state, last_error")
                == ["gave_up given up by a person 1200"]
        )
        #expect(try bench.rows("SELECT waiting, gave_up FROM targets") == ["0 1200"])
    }

    @Test func `a callback from before the target goes if its signature is in the body, not if it was in a header`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded), "1")
        var signed = bench.callback(.transaction("uid-1", .payment), "2", account: "ecc")
        signed = ReceivedCallback(
            account: "ecc",
            body: signed.body,
            digest: signed.digest,
            receivedAt: signed.receivedAt,
            remoteAddress: nil,
            verdict: .valid,
            form: "signature",
            keyID: "1",
            content: signed.content,
            contentSignature: "c2ln"
        )
        _ = try await bench.ledger.record(signed)
        try await bench.ledger.reconfigure(
            accounts: [.ecp, .ecc],
            targets: [
                Self.shop, DeliveryTarget(id: .init(kind: .forward, account: "ecc", name: "shop"), url: "http://x/"),
            ],
            schedule: .everyMinute,
            quota: .hundred,
            capacity: 100
        )
        let now = Timestamp(milliseconds: 9000)
        #expect(try await bench.ledger.deliver(DeliveryOrder(selection: .callback(1)), at: now).forwards == 1)
        await #expect(throws: DeliveryOrderError.self) {
            try await bench.ledger.deliver(DeliveryOrder(selection: .callback(2)), at: now)
        }
        #expect(try bench.rows("SELECT callback_id, state FROM forwards") == ["1 waiting"])
    }

    @Test func `a target that is removed keeps what waits, and has it when it is back`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        for targets in [[], [Self.shop]] {
            try await bench.ledger.reconfigure(
                accounts: [.ecp, .ecc],
                targets: targets,
                schedule: .everyMinute,
                quota: .hundred,
                capacity: 100
            )
            #expect(
                try bench.rows("SELECT state, waiting FROM targets") == [targets.isEmpty ? "removed 1" : "delivering 1"]
            )
        }
        try await bench.ledger.finish()
        let next = try bench.reopened(targets: [Self.shop])
        let found = try await next.dueForwards(to: .shop, besides: [], limit: 5, at: Timestamp(milliseconds: 5000))
        #expect(found.forwards.map(\.callback) == [1])
        try await next.finish()
    }

    @Test func `a body is kept until its target has it`() async throws {
        try await bench.record(.stated("success", .succeeded), "1")
        let rule = RetentionPolicy(bodies: .seconds(1), rejected: .hundred)
        let later = Timestamp(milliseconds: 86_400_000)
        _ = try await bench.ledger.prune(by: rule, pause: .zero, at: later)
        #expect(try bench.rows("SELECT body IS NULL FROM callbacks") == ["0"])
        try await record(.delivered(status: 200), of: 1)
        _ = try await bench.ledger.prune(by: rule, pause: .zero, at: later + .seconds(1))
        #expect(try bench.rows("SELECT body IS NULL FROM callbacks") == ["1"])
        #expect(try rows().isEmpty)
    }

    @Test func `payments that turn out to be one keep one order`() async throws {
        let target = DeliveryTarget(id: .init(kind: .forward, account: "ecc", name: "shop"), url: "http://x/")
        let bench = try LedgerBench(targets: [target])
        try await bench.record(.transaction("child", .refund, parent: nil), "1", account: "ecc")
        try await bench.record(.transaction("root", .payment), "2", account: "ecc")
        let now = Timestamp(milliseconds: 5000)
        #expect(try await bench.ledger.dueForwards(to: target.id, besides: [], limit: 9, at: now).forwards.count == 2)
        try await bench.record(.transaction("child", .refund, parent: "root", at: 20), "3", account: "ecc")
        let due = try await bench.ledger.dueForwards(to: target.id, besides: [], limit: 9, at: now).forwards
        #expect(due.map(\.callback) == [1])
    }
}

extension DeliveryTarget.ID {
    static let shop = DeliveryTarget.ID(kind: .forward, account: "ecp", name: "shop")
}
