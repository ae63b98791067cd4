import Ledger
import Payments
import TestSupport
import Testing

/// No real payment has a thousand operations; a sender who claims so must not cost more than it sends.
@Suite struct ManyOperationsTests {
    private func report(_ count: Int, from first: Int = 1, listing: Bool = false) -> Report {
        var payment = PaymentReport(id: "EP-1")
        payment.status = Status(word: "success", state: .succeeded)
        payment.type = "purchase"
        payment.purpose = .purchase
        payment.amount = Int64(count)
        payment.currency = "EUR"
        payment.listsOperations = listing
        let operations = (0..<count).map { index in
            var operation = OperationReport(
                id: "\(first + index)",
                kind: .payment,
                status: Status(word: "success", state: .succeeded)
            )
            operation.amount = 1
            operation.currency = "EUR"
            return operation
        }
        return Report(payment: payment, operations: operations)
    }

    @Test func `a thousand operations are taken in, and each moves what it says`() async throws {
        let bench = try LedgerBench()
        let recorded = try await bench.record(.report(report(1000)), "one")
        #expect(recorded.effect == .applied)
        #expect(try bench.rows("SELECT captured_minor, paid FROM payments") == ["1000 1"])
        #expect(try bench.rows("SELECT count(*), sum(amount_minor) FROM entries") == ["1000 1000"])
        // The same report in other bytes writes none of them again.
        try await bench.record(.report(report(1000)), "two")
        #expect(try bench.rows("SELECT count(*) FROM operations") == ["1000"])
        #expect(try bench.rows("SELECT count(*) FROM entries") == ["1000"])
    }

    @Test func `one more is kept, asked about and told, and changes nothing`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.report(report(999)), "one")
        let recorded = try await bench.record(.report(report(2, from: 1000)), "two", at: 2000)
        #expect(recorded.effect == .undecodable)
        #expect(try bench.rows("SELECT captured_minor FROM payments") == ["999"])
        #expect(
            try bench.rows("SELECT payment_id, detail FROM callbacks WHERE effect = 'undecodable'")
                == ["EP-1 operations: a payment with more than 1000 of them is not taken in"]
        )
        #expect(try bench.rows("SELECT kind, severity FROM anomalies") == ["undecodable alarm"])
        let poll = try #require(try await bench.due(at: 2))
        // Known operations may still be reported, and so may the one for which there is room.
        #expect(try await bench.record(.report(report(3, from: 998)), "three", at: 3000).effect == .applied)

        let outcome = try await bench.answer(poll, .report(report(1001, listing: true)), at: 4)
        #expect(outcome == .undecodable)
        #expect(
            try bench.rows("SELECT detail FROM polls") == [
                "operations: a payment with more than 1000 of them is not taken in"
            ]
        )
        #expect(try bench.rows("SELECT captured_minor FROM payments") == ["1000"])
    }

    @Test func `a payment that begins with too many is known all the same`() async throws {
        let bench = try LedgerBench()
        #expect(try await bench.record(.report(report(1001))).effect == .undecodable)
        #expect(try bench.rows("SELECT payment_id, state, captured_minor FROM payments") == ["EP-1 unknown 0"])
        #expect(try bench.rows("SELECT count(*) FROM operations") == ["0"])
        #expect(try await bench.due(at: 2) != nil)
    }

    @Test func `a thousand contradictions are one alarm of readable length`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.report(report(1000)), "one")
        var other = report(1000)
        for index in other.operations.indices { other.operations[index].amount = 2 }
        try await bench.record(.report(other), "two", at: 2000)
        #expect(
            try bench.rows("SELECT count(*), max(length(detail)) < 5000 FROM anomalies WHERE kind = 'conflict'") == [
                "1 1"
            ]
        )
        #expect(
            try bench.rows("SELECT detail LIKE '%; and more of the kind' FROM anomalies WHERE kind = 'conflict'") == [
                "1"
            ]
        )
    }
}
