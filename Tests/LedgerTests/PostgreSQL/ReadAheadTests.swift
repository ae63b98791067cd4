import Payments
import TestSupport
import Testing

@testable import Ledger

/// What is read ahead for a batch is only sooner, never another thing: with it the ledger is what it is without it.
@Suite(.needsServer) struct ReadAheadTests {
    private static let views = [
        "anomalies", "callbacks", "checkouts", "entries", "instructions", "operations", "orders", "payments", "polls",
        "subscriptions", "timeline", "tokens", "transitions",
    ]

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `random batches leave the same rows, whether or not they were read ahead`(_ seed: UInt64) async throws {
        let (ahead, plain) = (try LedgerBench(), try LedgerBench())
        var traffic = RandomTraffic(ahead.ledger, Library(), seed: seed)
        for _ in 0..<25 {
            let batch = traffic.batch()
            let effects = try await record(batch, in: ahead.ledger, isReadAhead: true)
            let expected = try await record(batch, in: plain.ledger, isReadAhead: false)
            #expect(effects == expected, "seed \(seed)")
        }
        #expect(try ahead.rows("SELECT count(*) > 50 FROM callbacks") == ["1"], "seed \(seed)")
        for view in Self.views {
            let (rows, expected) = (try ahead.rows("SELECT * FROM \(view)"), try plain.rows("SELECT * FROM \(view)"))
            #expect(rows.sorted() == expected.sorted(), "\(view), seed \(seed)")
        }
    }

    @Test func `a batch about one payment sees what it wrote itself`() async throws {
        let bench = try LedgerBench()
        let steps: [(ReceivedCallback.Content, String)] = [
            (.transaction("refund", .refund, parent: "capture", at: 30), "ecc"),
            (.transaction("capture", .capture, parent: "auth", at: 20), "ecc"),
            (.transaction("auth", .authorization, reference: "order"), "ecc"),
            (.stated("processing", .pending, at: 1), "ecp"), (.stated("success", .succeeded, at: 10), "ecp"),
            (.stated("success", .succeeded, at: 10), "ecp"),
        ]
        let batch = steps.map { bench.callback($0.0, nil, account: $0.1) }
        let effects = try await record(batch, in: bench.ledger, isReadAhead: true)
        #expect(effects.map(\.isDuplicate) == [false, false, false, false, false, true])
        #expect(
            try bench.rows("SELECT payment_id, state FROM payments ORDER BY 1") == ["EP-1 succeeded", "auth refunded"]
        )
        #expect(try bench.rows("SELECT deliveries FROM callbacks ORDER BY id") == ["1", "1", "1", "1", "2"])
    }

    @Test func `names that only look alike are two payments`() async throws {
        let bench = try LedgerBench()
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
        let first = bench.callback(.stated("success", .succeeded, id: composed), nil, account: "ecp")
        let second = bench.callback(.stated("success", .succeeded, id: decomposed, amount: 7777), nil, account: "ecp")
        _ = try await record([first], in: bench.ledger, isReadAhead: true)
        let effects = try await record([first, second], in: bench.ledger, isReadAhead: true)
        #expect(effects.map(\.isDuplicate) == [true, false])
        #expect(try bench.rows("SELECT amount_minor FROM payments ORDER BY amount_minor") == ["5200", "7777"])
    }

    @Test func `history takes no step back within the first batch of all either`() async throws {
        let bench = try LedgerBench()
        let batch = [3000, 1000, 2000].enumerated().map { index, time in
            bench.callback(.stated("success", .succeeded, id: "EP-\(index)"), nil, at: time)
        }
        _ = try await record(batch, in: bench.ledger, isReadAhead: true)
        #expect(try bench.rows("SELECT DISTINCT recorded_at FROM transition") == ["3000"])
    }

    /// Records callbacks in one transaction, in their order.
    private func record(
        _ batch: [ReceivedCallback],
        in ledger: Ledger,
        isReadAhead: Bool
    ) async throws -> [RecordResult] {
        try await ledger.store.write { connection -> [RecordResult] in
            let statements = connection.statements
            var known: AccountRows?
            try connection.transact { known = try AccountRows([.ecp, .ecc], in: statements) }
            guard let accounts = known else { return [] }
            let expected = batch.compactMap { callback in
                accounts[callback.account].map { (reads: ExpectedReads(callback), account: $0) }
            }
            var results: [RecordResult] = []
            try connection.transact(reading: isReadAhead ? expected : []) {
                results = []
                var transaction = try LedgerTransaction(
                    statements: statements,
                    accounts: accounts,
                    schedule: .everyMinute,
                    rejections: RejectedRows(),
                    isShared: true
                )
                for callback in batch { results.append(try transaction.record(callback)) }
                try transaction.finish()
            }
            return results
        }
    }
}
