import Ledger
import Payments
import TestSupport
import Testing

/// What a word names: the lookup for `poll` and `show`.
@Suite struct NamesTests {
    @Test func `a gateway's own key goes before the merchant's reference`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.transaction("1-p", .payment, reference: "order-9"), account: "ecc")
        try await bench.record(.transaction("2-r", .refund, parent: "1-p"), account: "ecc")
        try await bench.record(.stated("success", .succeeded, id: "order-8", operation: "501"))
        let reader = try LedgerReader(at: bench.location)
        for (name, account, entity) in [
            ("1-p", "ecc", Entity.payment(id: "1-p")), ("2-r", "ecc", .operation(id: "2-r")),
            ("order-9", "ecc", .payment(id: "1-p")), ("501", "ecp", .operation(id: "501")),
        ] {
            #expect(try reader.entities(named: name, account: nil) == [EntityName(account: account, entity: entity)])
            #expect(try reader.entities(named: name, account: account).count == 1)
            #expect(try reader.entities(named: name, account: "nobody").isEmpty)
        }
        #expect(try reader.entities(named: "nothing", account: nil).isEmpty)
        try await bench.record(.stated("success", .succeeded, id: "order-9"))
        #expect(
            try reader.entities(named: "order-9", account: nil)
                == [EntityName(account: "ecp", entity: .payment(id: "order-9"))]
        )
        #expect(try reader.histories(named: "order-9", account: nil).map(\.account) == ["ecp", "ecc"])
    }

    @Test func `a payment is found by its own id, however many others have that as their reference`() async throws {
        let bench = try LedgerBench()
        for number in 0..<25 {
            try await bench.record(
                .transaction("\(number)-p", .payment, reference: "order-9"),
                account: "ecc",
                at: Int64(number)
            )
        }
        try await bench.record(.stated("success", .succeeded, id: "order-9"), at: 100)
        let reader = try LedgerReader(at: bench.location)
        #expect(
            try reader.entities(named: "order-9", account: nil)
                == [EntityName(account: "ecp", entity: .payment(id: "order-9"))]
        )
        let found = try reader.histories(named: "order-9", account: nil).map(\.entity.id)
        #expect(found.prefix(3) == ["order-9", "24-p", "23-p"], "the newest attempts are those that matter")
    }

    @Test func `tokens and subscriptions are named by their own keys`() async throws {
        let bench = try LedgerBench()
        for (command, entity) in [
            (Instruction.Command.watch(Expectation()), Entity.checkout(token: "t0k3n")),
            (.poll, .subscription(id: "sbs_1")),
        ] {
            let instruction = Instruction(
                account: "ecc",
                entity: entity,
                command: command,
                givenAt: Timestamp(milliseconds: 0)
            )
            _ = try await bench.ledger.instruct(instruction)
            let reader = try LedgerReader(at: bench.location)
            #expect(try reader.entities(named: entity.id, account: nil) == [EntityName(account: "ecc", entity: entity)])
            #expect(try reader.histories(named: entity.id, account: "ecc").map(\.entity) == [entity])
        }
    }

    @Test func `a token of which nothing came is named by the merchant's reference too`() async throws {
        let bench = try LedgerBench()
        let instruction = Instruction(
            account: "ecc",
            entity: .checkout(token: "t0k3n"),
            command: .watch(Expectation(reference: "order-10")),
            givenAt: Timestamp(milliseconds: 0)
        )
        _ = try await bench.ledger.instruct(instruction)
        let reader = try LedgerReader(at: bench.location)
        let checkout = [EntityName(account: "ecc", entity: .checkout(token: "t0k3n"))]
        #expect(try reader.entities(named: "order-10", account: nil) == checkout)
        #expect(try reader.entities(named: "order-10", account: "ecc") == checkout)
        #expect(try reader.entities(named: "order-10", account: "ecp").isEmpty)
    }

    @Test func `the answer that is waited for is the next about the same, or what it belongs to`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        let reader = try LedgerReader(at: bench.location)
        #expect(try reader.lastPoll() == 0)
        let now = Timestamp(milliseconds: 100_000)
        guard case .poll(let poll) = try await bench.ledger.due(of: "ecp", besides: [], at: now) else {
            Issue.record("nothing is due")
            return
        }
        _ = try await bench.ledger.record(
            PollRecord(
                poll: poll,
                result: .notFound,
                askedAt: now,
                answeredAt: now,
                recordedAt: now,
                httpStatus: 404,
                endpoint: "payment/status",
                body: nil,
                digest: nil,
                detail: nil
            )
        )
        for entity in [Entity.payment(id: "EP-1"), .operation(id: "501")] {
            let thing = EntityName(account: "ecp", entity: entity)
            #expect(try reader.poll(about: thing, after: 0)?.text("outcome") == "not_found")
            #expect(try reader.poll(about: thing, after: 1) == nil)
        }
        #expect(try reader.poll(about: EntityName(account: "ecp", entity: .payment(id: "EP-2")), after: 0) == nil)
        #expect(try reader.poll(about: EntityName(account: "ecc", entity: .payment(id: "EP-1")), after: 0) == nil)
        #expect(try reader.lastPoll() == 1)
    }
}
