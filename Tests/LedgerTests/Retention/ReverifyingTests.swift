import Ledger
import Payments
import TestSupport
import Testing

/// Rejected requests that are proved later.
@Suite struct ReverifyingTests {
    @Test func `it is recorded as what it is, and leaves what was refused, together`() async throws {
        let bench = try LedgerBench()
        try await bench.keep(["one", "two"])
        let content = ReceivedCallback.Content.stated("success", .succeeded)
        let recorded = try await bench.ledger.record([bench.reverified(1, content, "one")])
        #expect(recorded == [RecordResult(callback: 1, effect: .applied, isDuplicate: false)])
        #expect(try bench.rows("SELECT id FROM rejected") == ["2"])
        #expect(
            try bench.rows("SELECT id, received_at, reverified_at FROM callbacks") == [
                "1 1970-01-01T00:00:01.000Z 1970-01-01T00:01:30.000Z"
            ]
        )
        // Its consequences date from when it was proved.
        #expect(try bench.rows("SELECT DISTINCT recorded_at FROM transitions") == ["1970-01-01T00:01:30.000Z"])
        #expect(
            try bench.rows("SELECT summary FROM timeline WHERE what = 'callback'") == [
                "a callback says «success»: applied, refused when it came at 1970-01-01T00:00:01.000Z, and proved now with "
                    + "a corrected key"
            ]
        )
    }

    @Test func `what is not refused any more is not recorded, and twice is once`() async throws {
        let bench = try LedgerBench()
        try await bench.keep(["one"])
        let content = ReceivedCallback.Content.stated("success", .succeeded)
        let both = [bench.reverified(1, content, "one"), bench.reverified(1, content, "one")]
        #expect(try await bench.ledger.record(both).map { $0 == nil } == [false, true])
        #expect(try await bench.ledger.record([bench.reverified(9, content, "nine")]) == [nil])
        #expect(try bench.rows("SELECT deliveries FROM callbacks") == ["1"])
    }

    @Test func `another that was given its number meanwhile is not taken for it`() async throws {
        let bench = try LedgerBench()
        try await bench.keep(["one"])
        let content = ReceivedCallback.Content.stated("success", .succeeded)
        let judged = bench.reverified(1, content, "one")
        #expect(try await bench.ledger.record([judged]) != [nil])
        try await bench.keep(["two"])
        #expect(try bench.rows("SELECT id, body FROM rejected") == ["1 two"])
        #expect(try await bench.ledger.record([judged]) == [nil])
        #expect(try bench.rows("SELECT id, body FROM rejected") == ["1 two"])
        #expect(try bench.rows("SELECT deliveries FROM callbacks") == ["1"])
    }

    @Test func `bytes that were recorded meanwhile count as a delivery`() async throws {
        let bench = try LedgerBench()
        try await bench.keep(["one"])
        let content = ReceivedCallback.Content.stated("success", .succeeded)
        try await bench.record(content, "one", at: 5000)
        let recorded = try await bench.ledger.record([bench.reverified(1, content, "one")])
        #expect(recorded == [RecordResult(callback: 1, effect: .applied, isDuplicate: true)])
        #expect(
            try bench.rows("SELECT deliveries, last_received_at, reverified_at FROM callbacks") == [
                "2 1970-01-01T00:00:05.000Z -"
            ]
        )
        #expect(try bench.rows("SELECT count(*) FROM rejected") == ["0"])
    }

    @Test func `all of a batch or nothing`() async throws {
        let bench = try LedgerBench()
        try await bench.keep(["one", "two"])
        let content = ReceivedCallback.Content.stated("success", .succeeded)
        var poison = bench.reverified(2, content, "two")
        poison = ReverifiedRequest(rejection: 2, callback: bench.callback(content, "two", account: "nobody"))
        await #expect(throws: RecordingError.self) {
            try await bench.ledger.record([bench.reverified(1, content, "one"), poison])
        }
        #expect(try bench.rows("SELECT (SELECT count(*) FROM rejected), (SELECT count(*) FROM callbacks)") == ["2 0"])
    }

    @Test func `the quota counts without those that left`() async throws {
        let bench = try LedgerBench(quota: RejectionQuota(rows: 2, bytes: 1 << 20, age: .seconds(86_400)))
        try await bench.keep(["one", "two"])
        _ = try await bench.ledger.record([bench.reverified(1, .stated("success", .succeeded), "one")])
        try await bench.keep(["three"])
        #expect(try bench.rows("SELECT body FROM rejected ORDER BY id") == ["two", "three"])
        try await bench.keep(["four"])
        #expect(try bench.rows("SELECT body FROM rejected ORDER BY id") == ["three", "four"])
    }

    @Test func `they are read in their order, as they were kept`() async throws {
        let bench = try LedgerBench()
        try await bench.keep(["one", "two", "three"])
        let reader = try LedgerReader(at: bench.location)
        #expect(try reader.lastRejection() == 3)
        let rejections = try reader.rejections(of: nil, after: 1, through: 3, limit: 10)
        #expect(rejections.map(\.id) == [2, 3])
        #expect(rejections.map { String(decoding: $0.body, as: UTF8.self) } == ["two", "three"])
        #expect(rejections.map(\.signature) == ["sig", "sig"])
        #expect(try reader.rejections(of: nil, after: 0, through: 2, limit: 1).map(\.id) == [1])
        #expect(try reader.rejections(of: "ecc", after: 0, through: 3, limit: 10).isEmpty)
    }
}

extension LedgerBench {
    /// Rejects requests, and returns once they are stored.
    fileprivate func keep(_ bodies: [String]) async throws {
        for body in bodies {
            let rejection = RejectedRequest(
                account: "ecp",
                body: Array(body.utf8),
                receivedAt: Timestamp(milliseconds: 1000),
                remoteAddress: "192.0.2.9",
                reason: "forged",
                signature: "sig"
            )
            #expect(ledger.refuse(rejection))
            // They are written in the background.
            for _ in 0..<2 { try await ledger.probe(at: Timestamp(milliseconds: 0)) }
        }
    }

    fileprivate func reverified(_ rejection: Int64, _ content: ReceivedCallback.Content, _ body: String)
        -> ReverifiedRequest
    {
        let came = callback(content, body)
        return ReverifiedRequest(
            rejection: rejection,
            callback: ReceivedCallback(
                account: came.account,
                body: came.body,
                digest: came.digest,
                receivedAt: came.receivedAt,
                reverifiedAt: Timestamp(milliseconds: 90_000),
                remoteAddress: came.remoteAddress,
                verdict: came.verdict,
                form: came.form,
                keyID: came.keyID,
                content: content
            )
        )
    }
}
