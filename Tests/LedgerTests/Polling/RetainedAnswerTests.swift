import Ledger
import Payments
import TestSupport
import Testing

/// A gateway that answers rubbish cannot fill the disk.
@Suite struct RetainedAnswerTests {
    private static let rubbish = [UInt8](repeating: 0x78, count: 256 << 10)

    private func answer(
        _ bench: LedgerBench,
        _ poll: DuePoll,
        _ result: StatusResult = .undecodable("a place"),
        at seconds: Int64
    ) async throws {
        try await bench.answer(poll, result, Self.rubbish, digest: [UInt8](repeating: 7, count: 32), at: seconds)
    }

    @Test
    func `of answers that are not believed the beginning of one an hour is kept, and of each its size and digest`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        let poll = try #require(try await bench.due(at: 100))
        for seconds in [100, 200, 3699, 3700, 3800, 7300] as [Int64] { try await answer(bench, poll, at: seconds) }
        #expect(
            try bench.rows("SELECT length(body) FROM polls ORDER BY id") == ["4096", "-", "-", "4096", "-", "4096"]
        )
        #expect(try bench.rows("SELECT DISTINCT size, length(digest) FROM polls") == ["262144 32"])
        // Another payment has its own.
        try await bench.record(.stated("processing", .pending, id: "EP-2", operation: "502"))
        let other = try #require(try await bench.due(at: 7300))
        try await answer(bench, other, .foreign, at: 7300)
        #expect(try bench.rows("SELECT length(body) FROM polls WHERE entity_id = 'EP-2'") == ["4096"])
    }

    @Test func `an answer that is believed is kept whole`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        let poll = try #require(try await bench.due(at: 100))
        try await answer(bench, poll, ReceivedCallback.Content.stated("processing", .pending).answer, at: 100)
        #expect(try bench.rows("SELECT length(body), size, digest FROM polls") == ["262144 - -"])
    }

    @Test func `together they stay within their quota, and the oldest go first`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("processing", .pending))
        let poll = try #require(try await bench.due(at: 100))
        try await answer(bench, poll, at: 100)
        try await answer(bench, poll, at: 10_000)
        // Pretends that those two were 64 MiB already.
        try bench.tamper("UPDATE poll SET kept_bytes = 33554432")
        try await answer(bench, poll, at: 20_000)
        #expect(try bench.rows("SELECT length(body) FROM polls ORDER BY id") == ["-", "4096", "4096"])
        #expect(try bench.rows("SELECT count(*) FROM poll WHERE kept_bytes IS NULL AND digest IS NOT NULL") == ["1"])
    }
}
