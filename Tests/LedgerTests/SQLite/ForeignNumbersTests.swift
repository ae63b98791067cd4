import Foundation
import Ledger
import Payments
import TestSupport
import Testing

/// Numbers that another program wrote into the file: whatever they are, the ledger goes on, and reports what does not
/// fit.
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "about the file")) struct ForeignNumbersTests {
    @Test(arguments: [Int64.min, -1, 0, .max - 1, .max])
    func `whatever times and counts the file holds, the gateway goes on being asked`(_ number: Int64) async throws {
        let bench = try LedgerBench()
        for (seconds, result) in [
            (1, StatusResult.notFound), (2, .undecodable("a place")), (3, .unavailable),
        ] {
            let id = "EP-\(seconds)"
            try await bench.record(.stated("processing", .pending, id: id))
            for column in ["attempt", "asking_since", "wished_at", "expires_at", "gateway_updated_at"] {
                try bench.tamper("UPDATE payment SET \(column) = \(number) WHERE payment_id = '\(id)'")
                try bench.tamper("UPDATE payment SET next_poll_at = \(min(number, 0))")
                let poll = try #require(try await bench.due(at: 100))
                try await bench.answer(poll, result, at: 100)
            }
            try await bench.record(.stated("success", .succeeded, id: id, at: 200), at: 200_000)
        }
        #expect(try bench.rows("SELECT sum(polls), (SELECT count(*) FROM callbacks) FROM payments") == ["15 6"])
    }

    @Test(arguments: [Int64.min, -1, .max])
    func `whatever amounts the file holds, the next report is counted`(_ number: Int64) async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded))
        let sums = ["amount", "held", "captured", "refunded", "charged_back", "paid_out", "balance", "questioned_sum"]
        for sum in sums {
            try bench.tamper("UPDATE payment SET \(sum)_minor = \(number)")
            try bench.tamper("UPDATE operation SET amount_minor = \(number) WHERE operation_id = '\(sum)'")
            let refund = ReceivedCallback.Content.stated(
                "partially refunded",
                .partiallyRefunded,
                operation: sum,
                kind: .refund,
                amount: 1
            )
            try await bench.record(refund, sum)
        }
        #expect(try bench.rows("SELECT captured_minor, refunded_minor, balance_minor FROM payments") == ["5200 8 5192"])
    }

    @Test(arguments: [Int64.min, .max])
    func `whatever times the callbacks have, hours are tallied`(_ number: Int64) async throws {
        let bench = try LedgerBench()
        try bench.tamper(
            """
            INSERT INTO callback (id, account, received_at, last_received_at, verdict, form, key_id, effect, digest, locality)
            VALUES (1, 1, \(number), \(number), 'valid', 'natural', '1', 'late', zeroblob(32), 0);
            """
        )
        try await bench.record(.stated("success", .succeeded), at: 3_600_000)
        let reader = try LedgerReader(at: .file(path: bench.path))
        try await bench.ledger.tallyHours(at: Timestamp(milliseconds: 3 * 3_600_000), reading: reader)
        #expect(try bench.rows("SELECT sum(callbacks) FROM hour WHERE hour >= 0") == ["1"])
        _ = try await reader.ledgerHealth()
    }

    @Test func `after the last number that there is a callback is refused, not the daemon ended`() async throws {
        let bench = try LedgerBench()
        try bench.tamper(
            """
            INSERT INTO callback (id, account, received_at, last_received_at, verdict, form, key_id, effect, digest, locality)
            VALUES (9223372036854775806, 1, 1, 1, 'valid', 'natural', '1', 'late', zeroblob(32), 0);
            """
        )
        let last = try LedgerBench.open(URL(filePath: try await bench.copy()).deletingLastPathComponent())
        _ = try await last.record(bench.callback(.stated("success", .succeeded, id: "last"), nil))
        await #expect(throws: RecordingError.self) {
            _ = try await last.record(bench.callback(.stated("success", .succeeded, id: "beyond"), nil))
        }
        try await last.probe(at: Timestamp(milliseconds: 1))
    }

    @Test(arguments: [
        ("payment", "id = 9223372036854775806, payment_id = 'foreign'"), ("transition", "seq = 9223372036854775805"),
    ])
    func `after the last number of another table nothing new is recorded, and the daemon goes on`(
        _ table: String,
        _ change: String
    ) async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, id: "first"))
        try bench.tamper(
            """
            CREATE TEMP TABLE copy AS SELECT * FROM \(table) LIMIT 1;
            UPDATE copy SET \(change);
            INSERT INTO \(table) SELECT * FROM copy;
            """
        )
        let last = try LedgerBench.open(URL(filePath: try await bench.copy()).deletingLastPathComponent())
        for id in ["last", "beyond", "further"] {
            _ = try? await last.record(bench.callback(.stated("success", .succeeded, id: id), nil))
        }
        await #expect(throws: RecordingError.self) {
            _ = try await last.record(bench.callback(.stated("success", .succeeded, id: "never"), nil))
        }
        try await last.probe(at: Timestamp(milliseconds: 1))
    }
}
