import Ledger
import Payments
import TestSupport
import Testing

/// A clock that runs ahead empties nothing, because what is emptied cannot be restored.
@Suite struct ClockDoubtTests {
    private static let day: Int64 = 86_400
    private static let rule = RetentionPolicy(bodies: .seconds(400 * day), rejected: .hundred)

    private func prune(_ bench: LedgerBench, at seconds: Int64) async throws -> Int? {
        do {
            return try await bench.ledger.prune(
                by: Self.rule,
                pause: .zero,
                at: Timestamp(milliseconds: seconds * 1000)
            )?
            .bodies
        } catch is ClockDoubt {
            return nil
        }
    }

    @Test func `a clock that went ahead by two years prunes nothing for a day, and nothing more once it is put right`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded), at: 1_000_000)
        #expect(try await prune(bench, at: 2000) == 0)
        let wrong = 2000 + 800 * Self.day
        for hour in 0..<24 { #expect(try await prune(bench, at: wrong + Int64(hour) * 3600) == nil) }
        // The clock is corrected.
        #expect(try await prune(bench, at: 90_000) == 0)
        #expect(try bench.rows("SELECT body IS NULL FROM callbacks") == ["0"])
    }

    @Test func `a machine that was off for long prunes a day after it is on again`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded), at: 1_000_000)
        #expect(try await prune(bench, at: 2000) == 0)
        let on = 2000 + 500 * Self.day
        #expect(try await prune(bench, at: on) == nil)
        #expect(try await prune(bench, at: on + Self.day - 1) == nil)
        #expect(try await prune(bench, at: on + Self.day) == 1)
    }

    @Test func `a second jump begins another day`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded), at: 1_000_000)
        let first = 500 * Self.day
        #expect(try await prune(bench, at: first) == nil)
        let second = first + 2 * Self.day
        #expect(try await prune(bench, at: second) == nil)
        #expect(try await prune(bench, at: second + Self.day - 1) == nil)
        #expect(try await prune(bench, at: second + Self.day) == 1)
    }

    @Test
    func `where the gateways date what they send otherwise than the clock, nothing is pruned however long it goes on`()
        async throws
    {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, at: 1000), at: 1_000_000)
        #expect(try await prune(bench, at: 2000) == 0)
        let wrong = 2000 + 800 * Self.day
        #expect(try await prune(bench, at: wrong) == nil)
        for hour in 1...48 as ClosedRange<Int64> {
            // New callbacks are dated by the gateway, whose clock is right.
            try await bench.record(
                .stated("success", .succeeded, id: "EP-\(hour + 1)", at: 2000 + hour * 3600),
                at: (wrong + hour * 3600) * 1000
            )
            #expect(try await prune(bench, at: wrong + hour * 3600) == nil)
        }
        await #expect(throws: ClockDoubt.self) {
            _ = try await bench.ledger.prune(
                by: Self.rule,
                pause: .zero,
                at: Timestamp(milliseconds: (wrong + 49 * 3600) * 1000)
            )
        }
        #expect(try bench.rows("SELECT count(*) FROM callbacks WHERE body IS NULL") == ["0"])
    }

    @Test func `a gateway whose clock was always wrong is no witness`() async throws {
        let bench = try LedgerBench()
        let long = 100 * Self.day
        try await bench.record(.stated("success", .succeeded, at: 1000), at: (1000 + long) * 1000)
        #expect(try await prune(bench, at: 2000 + long) == 0)
        let on = 2000 + 600 * Self.day
        #expect(try await prune(bench, at: on) == nil)
        try await bench.record(.stated("success", .succeeded, id: "EP-2", at: on - long), at: on * 1000)
        #expect(try await prune(bench, at: on + Self.day) == 1)
    }
}
