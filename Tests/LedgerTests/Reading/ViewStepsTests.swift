import GRDB
import GRDBSQLite
import Ledger
import Payments
import TestSupport
import Testing

/// How much SQLite does for one row of a view that speaks for many payments.
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "counts SQLite's steps")) struct ViewStepsTests {
    /// Each payment is compared with each other one at most, so four times as many take sixteen times as many steps;
    /// if the currency that they share were looked up for each pair, it would be sixty-four. They are only watched, and
    /// the last one speaks for the order, so that each has a better one only behind it.
    @Test func `payments that name no currency are not read again for each pair of them`() async throws {
        let few = try await Self.steps(payments: 40, "SELECT payments FROM orders WHERE reference = 'O'", yield: 40)
        let many = try await Self.steps(payments: 160, "SELECT payments FROM orders WHERE reference = 'O'", yield: 160)
        #expect(many < 24 * few, "\(few) steps for 40 payments, \(many) for 160")
    }

    @Test func `of the payments that were made with one token, each finds a later one at once`() async throws {
        let few = try await Self.steps(payments: 40, "SELECT 1 FROM tokens WHERE token = 'T'", yield: 1)
        let many = try await Self.steps(payments: 160, "SELECT 1 FROM tokens WHERE token = 'T'", yield: 1)
        #expect(many < 6 * few, "\(few) steps for 40 payments, \(many) for 160")
    }

    /// The steps of SQLite's virtual machine for the single row of a query, where so many payments are of one order, and
    /// were made with one token at different times.
    private static func steps(payments: Int, _ sql: String, yield expected: Int) async throws -> Int {
        let bench = try LedgerBench()
        for number in 0..<payments {
            let expectation = Expectation(reference: "O")
            _ = try await bench.watch(.payment(id: "p\(999 - number)"), expectation, account: "ecc")
        }
        try bench.tamper("UPDATE payment SET card_token = 'T', first_seen_at = id")
        let reader = try DatabaseQueue.reader(of: bench.path)
        defer { try? reader.close() }  // A reader left open is harmless.
        return try await reader.read { database in
            let statement = try database.makeStatement(sql: sql)
            #expect(try Int.fetchAll(statement) == [expected])
            return Int(sqlite3_stmt_status(statement.sqliteStatement, SQLITE_STMTSTATUS_VM_STEP, 0))
        }
    }
}
