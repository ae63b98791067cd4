import Foundation
import GRDB
import Payments
import TestSupport
import Testing

@testable import Ledger

/// The public views: other people's programs depend on their columns (docs/reading-the-database.md).
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "about the file")) struct ViewsTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized

    private static func lines(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test func `the public columns are those of the snapshot, which only grows at the end of a view`() throws {
        let bench = try LedgerBench()
        let columns = try bench.rows(
            """
            SELECT view.name || '.' || column.name FROM sqlite_schema AS view JOIN pragma_table_info(view.name) AS column
            WHERE view.type = 'view' ORDER BY view.name, column.cid
            """
        )
        let snapshot = try Self.lines(of: URL(filePath: #filePath).appending(path: "../columns.txt").standardized)
        let (missing, new) = (Set(snapshot).subtracting(columns), Set(columns).subtracting(snapshot))
        #expect(missing == [], "a public column is gone: whoever reads it fails")
        #expect(new == [], "write new columns into columns.txt, after the last of their view: from then on they stay")
        #expect(
            columns.filter { !new.contains($0) } == snapshot.filter { !missing.contains($0) },
            "columns have changed places: whoever reads them by number reads others"
        )
    }

    @Test func `each view is created in the file of its name, which says what it means`() throws {
        let folder = Self.root.appending(path: "migrations/views")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let bench = try LedgerBench()
        #expect(
            try bench.rows("SELECT name || '.sql' FROM sqlite_schema WHERE type = 'view' ORDER BY name") == files
        )
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let name = String(file.dropLast(4))
            #expect(text.components(separatedBy: "CREATE VIEW ").count == 2, "\(file)")
            #expect(text.contains("CREATE VIEW \(name) AS"), "\(file)")
            #expect(text.contains("('\(name)', '', '"), "\(file) documents its view")
        }
    }

    @Test func `a database with other views gets these, and keeps what others built upon them`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded))
        try await bench.ledger.finish()
        let other = try DatabaseQueue(path: bench.path)
        try await other.write { database in
            try database.execute(
                sql: """
                    DROP VIEW tokens; DROP VIEW payments; CREATE VIEW payments AS SELECT 1 AS one;
                    CREATE VIEW mine AS SELECT payment_id FROM payments;
                    DELETE FROM schema_doc; UPDATE view_digest SET digest = x'00'
                    """
            )
        }
        try other.close()
        let again = try LedgerBench.open(bench.folder)
        try await again.finish()
        #expect(try bench.rows("SELECT payment_id FROM mine") == ["EP-1"])
        #expect(try bench.rows("SELECT count(*) FROM tokens") == ["0"])
        #expect(try bench.rows("SELECT count(*) > 200 FROM schema_docs") == ["1"])
    }

    @Test(arguments: [
        ("SELECT 1", "SELECT 1"),
        ("paystate_now()", "(unixepoch() * 1000)"),
        ("a paystate_time(x.at) b", "a strftime('%Y-%m-%dT%H:%M:%fZ', x.at / 1000.0, 'unixepoch') b"),
        (
            "paystate_time(max(a, iif(b = ')', c, paystate_now())))",
            "strftime('%Y-%m-%dT%H:%M:%fZ', max(a, iif(b = ')', c, (unixepoch() * 1000))) / 1000.0, 'unixepoch')"
        ),
        ("paystate_larger(a, paystate_smaller(b, 3))", "max(a, min(b, 3))"),
        ("-- paystate_time of something", "-- paystate_time of something"),
    ])
    func `the functions of the views become plain expressions`(_ text: String, _ expanded: String) {
        #expect(Views.expanded(text) == expanded)
    }

    @Test(arguments: [
        ("NULL", 2, "NULL"), ("0", 2, "0.00"), ("5", 2, "0.05"), ("-5", 2, "-0.05"), ("123456", 2, "1234.56"),
        ("1500", 0, "1500"), ("-1", 3, "-0.001"), ("9223372036854775807", 2, "92233720368547758.07"),
    ])
    func `an amount is decimal text by its currency's exponent`(_ minor: String, _ exponent: Int, _ text: String) throws
    {
        let queue = try DatabaseQueue()
        let sql = "SELECT coalesce(" + Views.expanded("paystate_amount(\(minor), \(exponent))") + ", 'NULL')"
        #expect(try queue.read { try String.fetchOne($0, sql: sql) } == text)
        let unknown = "SELECT " + Views.expanded("paystate_amount(5, NULL)")
        #expect(try queue.read { try String.fetchOne($0, sql: unknown) } == nil)
    }
}
