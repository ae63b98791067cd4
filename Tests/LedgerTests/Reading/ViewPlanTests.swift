import Foundation
import GRDB
import TestSupport
import Testing

/// How SQLite reads the public views where another program looks for rows by their keys, or joins its own tables to
/// them (docs/reading-the-database.md).
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "about SQLite's plans")) struct ViewPlanTests {
    /// The keys by which rows of each view are looked for.
    private static let keys: [(view: String, names: [String])] = [
        ("account_health", ["account"]), ("anomalies", ["id", "payment_id"]), ("callbacks", ["id", "payment_id"]),
        ("checkouts", ["token"]), ("currencies", ["code"]), ("entries", ["seq", "payment_id"]),
        ("forwards", ["id", "payment_id"]), ("instructions", ["id"]), ("operations", ["operation_id", "payment_id"]),
        ("orders", ["reference"]), ("payments", ["payment_id", "checkout_token"]), ("polls", ["id"]),
        ("rejected", ["id"]), ("schema_docs", ["object"]), ("subscriptions", ["subscription_id"]),
        ("targets", ["name"]), ("timeline", ["payment_id"]), ("tokens", ["token", "payment_id"]),
        ("transitions", ["seq", "payment_id"]),
    ]

    /// Views without the column `account`.
    private static let withoutAccount: Set = ["currencies", "schema_docs"]

    /// Ways to ask for the rows of a VIEW by a KEY, in a database of the shop's own, in which `mine` has that key as
    /// MINE, and to which the ledger is attached.
    private static let forms: [String] = [
        "SELECT * FROM VIEW WHERE KEY = 'x'",
        "SELECT * FROM VIEW WHERE KEY = ?",
        "SELECT count(*) FROM VIEW WHERE KEY = ?",
        "SELECT * FROM VIEW WHERE KEY = (SELECT MINE FROM mine)",
        "SELECT * FROM VIEW WHERE KEY IN (SELECT MINE FROM mine)",
        "SELECT * FROM mine JOIN VIEW ON VIEW.KEY = mine.MINE",
        "SELECT * FROM mine JOIN VIEW ON VIEW.KEY = mine.MINE AND VIEW.account = mine.account",
        "SELECT name, (SELECT VIEW.KEY FROM VIEW WHERE VIEW.KEY = mine.MINE) FROM mine",
        "SELECT name FROM mine WHERE EXISTS (SELECT 1 FROM VIEW WHERE VIEW.KEY = mine.MINE)",
        """
        WITH found AS MATERIALIZED (SELECT VIEW.KEY FROM mine JOIN VIEW ON VIEW.KEY = mine.MINE)
        SELECT count(*) FROM found
        """,
    ]

    /// What may be read from end to end: the shop's own table, what stays small, and what a view makes up itself, whose
    /// parts are steps of their own.
    private static let small: Set = [
        "mine", "found", "account", "currency", "habit", "hour", "rejection", "schema_doc", "target",
        "clock", "counts", "dues", "few", "halves", "kind", "once", "placed", "timeline", "told", "CONSTANT",
    ]

    /// Columns that are NULL for some rows. SQLite turns a view's LEFT JOIN round for `=`, but not for IN of a
    /// sub-select: documents say to join instead.
    private static let optional: Set = [
        "anomalies.payment_id", "callbacks.payment_id", "forwards.payment_id", "transitions.payment_id",
    ]

    @Test func `each view has its keys here`() throws {
        let views = try LedgerBench().rows("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")
        #expect(views == Self.keys.map(\.view))
    }

    @Test(arguments: keys)
    func `rows are found by an index, wherever their key comes from`(_ view: String, _ names: [String]) throws {
        let shop = try Self.shop(beside: LedgerBench())
        defer { try? shop.close() }  // The files are thrown away after the test.
        for name in names {
            for form in Self.forms {
                guard !Self.withoutAccount.contains(view) || !form.contains("VIEW.account") else { continue }
                guard !Self.optional.contains("\(view).\(name)") || !form.contains(" IN ") else { continue }
                let mine = name == "id" || name == "seq" ? "number" : "name"
                let sql = form.replacing("VIEW", with: view).replacing("KEY", with: name)
                    .replacing("MINE", with: mine)
                let scans = try Self.scans(of: sql, in: shop)
                #expect(scans == [], "\(sql)")
            }
        }
    }

    @Test func `a plan that reads everything is seen`() throws {
        let shop = try Self.shop(beside: LedgerBench())
        defer { try? shop.close() }  // The files are thrown away after the test.
        for sql in [
            "SELECT * FROM payments WHERE message = 'x'", "SELECT * FROM orders WHERE paid = 1",
            "SELECT * FROM mine LEFT JOIN orders ON orders.reference = mine.name",
            "SELECT * FROM callbacks WHERE account = 'x'",
        ] {
            #expect(try !Self.scans(of: sql, in: shop).isEmpty, "\(sql)")
        }
    }

    /// A shop's own database, with the ledger attached, read-only.
    private static func shop(beside bench: LedgerBench) throws -> DatabaseQueue {
        let path = bench.folder.appending(path: "shop.db").path
        let writer = try DatabaseQueue(path: path)
        try writer.write { database in
            try database.execute(
                sql: "CREATE TABLE mine (account TEXT, name TEXT PRIMARY KEY, number INTEGER UNIQUE)"
            )
        }
        try writer.close()
        var configuration = Configuration()
        configuration.readonly = true
        let ledger = bench.path
        configuration.prepareDatabase { database in
            try database.execute(sql: "ATTACH DATABASE ? AS paystate", arguments: [ledger])
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// The steps of a plan that read a large table or index from end to end, or make an index or filter of it first.
    private static func scans(of sql: String, in shop: DatabaseQueue) throws -> [String] {
        try shop.read { database in
            let arguments: StatementArguments = sql.contains("?") ? ["x"] : []
            let plan = try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments)
            return plan.compactMap { $0["detail"] as String? }.filter(readsAll)
        }
    }

    private static func readsAll(_ step: String) -> Bool {
        let words = step.split(separator: " ").map(String.init)
        guard words.count > 1, ["SCAN", "SEARCH", "BLOOM"].contains(words[0]) else { return false }
        let table = words[0] == "BLOOM" ? words[3] : words[1]
        guard !small.contains(table), Int(table) == nil else { return false }
        // `> ?` alone is `IS NOT NULL`: the whole of a partial index. Payments that were merged are few.
        return words[0] != "SEARCH" || step.contains("AUTOMATIC")
            || step.contains("callback_by_account (account=?)")
            || (step.contains(/\(\w+[<>]\?\)/) && !step.contains("payment_merged"))
    }
}
