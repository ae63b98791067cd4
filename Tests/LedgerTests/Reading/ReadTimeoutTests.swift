import TestSupport
import Testing

@testable import Ledger

/// A read for the page or the API ends in time, whatever it asks.
@Suite(.timeLimit(.minutes(1))) struct ReadTimeoutTests {
    private static let endless: StaticString = """
        WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT 1 FROM numbers) SELECT count(*) FROM numbers
        """

    @Test func `an endless read is ended, and the connection reads on`() async throws {
        let bench = try LedgerBench()
        let reader = try bench.ledger.makeReader().reader
        for _ in 1...2 {
            await #expect(throws: ReadTimeout(limit: .milliseconds(100))) {
                try await reader.readWithin(.milliseconds(100)) { try $0.number(Self.endless) }
            }
            #expect(try await reader.readWithin(.seconds(30)) { try $0.number("SELECT count(*) FROM account") } == 2)
        }
    }

    @Test func `who waits behind a slow read does not wait longer than it`() async throws {
        let bench = try LedgerBench()
        let reader = try bench.ledger.makeReader().reader
        await withTaskGroup(of: Bool.self) { reads in
            for _ in 1...5 {
                reads.addTask {
                    do {
                        _ = try await reader.readWithin(.milliseconds(200)) { try $0.number(Self.endless) }
                        return false
                    } catch {
                        return error is ReadTimeout
                    }
                }
            }
            for await isTimeout in reads { #expect(isTimeout) }
        }
    }
}
