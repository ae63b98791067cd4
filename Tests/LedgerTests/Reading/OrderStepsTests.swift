import GRDB
import GRDBSQLite
import Ledger
import Payments
import TestSupport
import Testing

/// How much SQLite does to find an order with many payments.
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "counts SQLite's steps")) struct OrderStepsTests {
    /// Each payment is compared with each other one at most, so four times as many take sixteen times as many steps;
    /// if the currency that they share were looked up for each pair, it would be sixty-four.
    @Test func `payments that name no currency are not read again for each pair of them`() async throws {
        let few = try await Self.steps(payments: 40)
        let many = try await Self.steps(payments: 160)
        #expect(many < 24 * few, "\(few) steps for 40 payments, \(many) for 160")
    }

    /// The steps of SQLite's virtual machine for an order whose payments are only watched. The last one speaks for it,
    /// so that each has a better one only behind it.
    private static func steps(payments: Int) async throws -> Int {
        let bench = try LedgerBench()
        for number in 0..<payments {
            let expectation = Expectation(reference: "O")
            _ = try await bench.watch(.payment(id: "p\(999 - number)"), expectation, account: "ecc")
        }
        let reader = try DatabaseQueue.reader(of: bench.path)
        defer { try? reader.close() }  // A reader left open is harmless.
        return try await reader.read { database in
            let statement = try database.makeStatement(sql: "SELECT * FROM orders WHERE reference = 'O'")
            let orders = try Row.fetchAll(statement)
            #expect(orders.map { $0["payments"] as Int } == [payments])
            return Int(sqlite3_stmt_status(statement.sqliteStatement, SQLITE_STMTSTATUS_VM_STEP, 0))
        }
    }
}
