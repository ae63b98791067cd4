import Foundation
import Ledger
import Payments
import TestSupport
import Testing

/// The cost of rejected requests.
@Suite struct RejectionTests {
    @Test func `a refused request is kept with what is needed to judge it again`() async throws {
        let bench = try LedgerBench()
        #expect(bench.ledger.refuse(rejection("body", signature: "sig")))
        try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
        #expect(
            try await bench.resolved("SELECT account, reason, size, signature, body FROM rejected") == [
                "ecp forged 4 sig body"
            ]
        )
    }

    @Test func `a flood is kept only as far as its pace allows`() async throws {
        let bench = try LedgerBench(quota: RejectionQuota(rows: 10_000, bytes: 1 << 30, age: .seconds(86_400)))
        try await bench.flood(count: 5000, over: .seconds(2))
        let kept = try #require(Int(try await bench.resolved("SELECT count(*) FROM rejected")[0]))
        #expect(kept <= 256 + 64 + 1, "a burst, and then 32 a second")
        #expect(kept >= 256)
    }

    @Test(arguments: [10_000, 200])
    func `a flood takes the place of none but its own, and what is not kept is counted`(_ rows: Int) async throws {
        let bench = try LedgerBench(quota: RejectionQuota(rows: rows, bytes: 1 << 30, age: .seconds(86_400)))
        let start = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970) * 1000)
        for number in 0..<5000 {
            let now = start + .milliseconds(number / 3)
            _ = bench.ledger.refuse(rejection("flood \(number)", from: "203.0.113.7", at: now))
            if number.isMultiple(of: 50) {
                _ = bench.ledger.refuse(rejection("genuine \(number / 50)", from: "192.0.2.9", at: now))
                try await bench.ledger.probe(at: now)
            }
        }
        for second in 2..<30 {
            bench.ledger.resumeRejections(at: start + .seconds(second))
            try await bench.ledger.probe(at: start)
        }
        let genuine = try await bench.resolved(
            "SELECT body FROM rejected WHERE remote_address = '192.0.2.9' ORDER BY id"
        )
        #expect(genuine == (0..<100).map { "genuine \($0)" })
        let last =
            "SELECT body FROM rejected WHERE remote_address = '203.0.113.7' ORDER BY id DESC LIMIT 1"
        #expect(try await bench.resolved(last) == ["flood 4999"])
        let total = """
            SELECT (SELECT count(*) FROM rejected) + rejected_not_kept_24h, rejected_not_kept_24h > 4000
            FROM account_health WHERE account = 'ecp'
            """
        #expect(try await bench.resolved(total) == ["5100 1"])
    }

    @Test func `one network of IPv6 is one sender, and many senders at one account take nothing from another account`()
        async throws
    {
        let bench = try LedgerBench(quota: RejectionQuota(rows: 41, bytes: 1 << 20, age: .seconds(86_400)))
        let now = Timestamp(milliseconds: 1_000_000)
        for number in 0..<20 {
            _ = bench.ledger.refuse(rejection("genuine", from: "2001:db8:1:1::1", at: now, account: "ecc"))
            _ = bench.ledger.refuse(rejection("other", from: "2001:db8:9:\(number)::1", at: now, account: "ecp"))
            for host in 1...5 {
                _ = bench.ledger.refuse(
                    rejection("flood", from: "2001:db8:1:2:\(host)::\(number)", at: now, account: "ecp")
                )
            }
        }
        bench.ledger.resumeRejections(at: now + .seconds(60))
        let kept = "SELECT body, count(*) FROM rejected GROUP BY body ORDER BY body"
        #expect(try await bench.resolved(kept) == ["flood 1", "genuine 20", "other 20"])
    }

    @Test func `rows, bytes and age are bounded, the oldest go first`() async throws {
        let bench = try LedgerBench(quota: RejectionQuota(rows: 3, bytes: 25, age: .seconds(100)))
        func keep(_ body: String, at seconds: Int64) async throws {
            #expect(bench.ledger.refuse(rejection(body, at: seconds)))
            try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
        }
        for (index, body) in ["one", "two", "three", "four"].enumerated() { try await keep(body, at: Int64(index)) }
        #expect(try await bench.resolved("SELECT body FROM rejected ORDER BY id") == ["two", "three", "four"])
        try await keep("twenty bytes of body", at: 4)
        #expect(try await bench.resolved("SELECT body FROM rejected ORDER BY id") == ["four", "twenty bytes of body"])
        try await keep("late", at: 200)
        #expect(try await bench.resolved("SELECT body FROM rejected ORDER BY id") == ["late"])
    }

    @Test func `what a clock that ran far ahead has dated keeps nothing from growing old`() async throws {
        let bench = try LedgerBench(quota: RejectionQuota(rows: 10, bytes: 1 << 20, age: .seconds(100)))
        let ahead: Int64 = 300 * 86_400
        for (body, seconds) in [("ahead", ahead), ("one", 0), ("two", 90), ("three", 110)] {
            #expect(bench.ledger.refuse(rejection(body, at: seconds)))
            try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
        }
        #expect(try await bench.resolved("SELECT body FROM rejected ORDER BY id") == ["two", "three"])
    }

    @Test func `a flood of refusals leaves the queue to the good ones`() async throws {
        let bench = try LedgerBench(capacity: 1)
        for number in 0..<1000 { _ = bench.ledger.refuse(rejection("\(number)")) }
        try await bench.record(.stated("success", .succeeded))
        #expect(try bench.rows("SELECT count(*) FROM callbacks") == ["1"])
    }

    @Test func `who finds the queue full is told so, and nothing is recorded of it`() async throws {
        let bench = try LedgerBench(capacity: 4)
        let outcomes = await withTaskGroup(of: RecordingError?.self) { group in
            for number in 0..<400 {
                group.addTask {
                    do {
                        try await bench.record(.stated("success", .succeeded, id: "EP-\(number)"))
                        return nil
                    } catch { return error as? RecordingError }
                }
            }
            return await group.reduce(into: [RecordingError?]()) { $0.append($1) }
        }
        let recorded = outcomes.count { $0 == nil }
        #expect(outcomes.allSatisfy { $0 == nil || $0 == .queueIsFull })
        #expect(try bench.rows("SELECT count(*) FROM callbacks") == ["\(recorded)"])
    }

    private func rejection(_ body: String, from address: String, at now: Timestamp, account: String = "ecp")
        -> RejectedRequest
    {
        RejectedRequest(
            account: account,
            body: Array(body.utf8),
            receivedAt: now,
            remoteAddress: address,
            reason: "forged",
            signature: nil
        )
    }

    private func rejection(_ body: String, signature: String? = nil, at seconds: Int64 = 0) -> RejectedRequest {
        RejectedRequest(
            account: "ecp",
            body: Array(body.utf8),
            receivedAt: Timestamp(milliseconds: seconds * 1000),
            remoteAddress: "192.0.2.9",
            reason: "forged",
            signature: signature
        )
    }
}

extension LedgerBench {
    /// Sends rejected requests evenly over a time by the senders' clock.
    fileprivate func flood(count: Int, over time: Duration) async throws {
        for number in 0..<count {
            let now = Timestamp(milliseconds: 0) + time * number / count
            let rejection = RejectedRequest(
                account: "ecp",
                body: [1],
                receivedAt: now,
                remoteAddress: nil,
                reason: "forged",
                signature: nil
            )
            _ = ledger.refuse(rejection)
            if number.isMultiple(of: 50) { try await ledger.probe(at: now) }
        }
    }

    /// Reads once the writer is idle: rejections are written in the background.
    fileprivate func resolved(_ sql: String) async throws -> [String] {
        try await ledger.probe(at: Timestamp(milliseconds: 0))
        try await ledger.probe(at: Timestamp(milliseconds: 0))
        return try rows(sql)
    }
}
