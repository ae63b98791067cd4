import Foundation
import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// Ledgers that move from one engine to the other.
@Suite(.needsServer) struct CopyTests {
    @Test func `there and back, every row is the same`() async throws {
        let bench = try await LedgerBench.withShop(engine: .file)
        try await bench.ledger.finish()
        try bench.tamper(Self.hostile)
        try await PostgreSQLServer.withDatabase { database in
            let there = try await LedgerCopy.make(from: .file(path: bench.path), to: database.location)
            let path = bench.folder.appending(path: "back.db").path
            let back = try await LedgerCopy.make(from: database.location, to: .file(path: path))
            #expect(there == back)
            let (before, after) = (try Self.tables(of: bench.path), try Self.tables(of: path))
            #expect(before.keys == after.keys)
            for (name, rows) in before { #expect(after[name] == rows, "\(name)") }
            let left: Set = ["currency", "page_check", "schema_doc", "view_digest"]
            #expect(Set(there.tables.map(\.name)).union(left) == Set(before.keys).union(left))
            #expect(there.rows(of: "callback") > 20 && there.rows(of: "rejection") == 3)
            let seq = try await database.query("SELECT max(seq) FROM paystate.transitions")
            #expect(seq == ["\(there.rows(of: "transition"))"])
        }
    }

    /// What an engine could keep in another way: limits of numbers, empty texts and bytes, bodies of all bytes, marks
    /// that turn the direction of writing, what a text format would escape, a reference to a row that comes later.
    private static let hostile = """
        INSERT INTO rejection (account, received_at, remote_address, network, reason, size, signature, body) VALUES
        (1, -9223372036854775808, NULL, '', 'malformed', 9223372036854775807,
            char(8207, 8238, 65533, 9, 10, 13, 92, 39, 34, 92, 46, 128512, 1114111), zeroblob(0)),
        (1, 9223372036854775807, '', '\\N', 'forged', 0, '', randomblob(262144)),
        (2, 0, 'NULL', '{}', 'foreign', -1, NULL, zeroblob(262144));
        UPDATE payment SET amount_minor = 9223372036854775807, balance_minor = -9223372036854775808 WHERE id = 1;
        UPDATE payment SET merged_into = (SELECT max(id) FROM payment) WHERE id = 2;
        """

    /// All rows of all tables but that of the file's own pages.
    private static func tables(of path: String) throws -> [String: [Row]] {
        let reader = try DatabaseQueue.reader(of: path)
        defer { try? reader.close() }  // A reader left open is harmless.
        return try reader.read { database in
            let names = try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_schema
                    WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name <> 'page_check'
                    """
            )
            return try Dictionary(
                uniqueKeysWithValues: names.map { name in
                    (name, try Row.fetchAll(database, sql: "SELECT * FROM \"\(name)\" ORDER BY 1, 2"))
                }
            )
        }
    }

    @Test func `the daemon goes on with the copy, on either side`() async throws {
        let bench = try LedgerBench(engine: .file)
        let first = try await bench.record(.stated("success", .succeeded), "one")
        try await bench.ledger.finish()
        try await PostgreSQLServer.withDatabase { database in
            _ = try await LedgerCopy.make(from: .file(path: bench.path), to: database.location)
            let there = try database.open()
            let again = try await there.record(bench.callback(.stated("success", .succeeded), "one"))
            #expect(again == RecordResult(callback: first.callback, effect: .applied, isDuplicate: true))
            let next = try await there.record(bench.callback(.stated("success", .succeeded, id: "EP-2"), "two"))
            #expect(next.callback == first.callback + 1)
            try await there.finish()
            let folder = bench.folder.appending(path: "back")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let path = folder.appending(path: "paystate.db").path
            _ = try await LedgerCopy.make(from: database.location, to: .file(path: path))
            let back = try LedgerBench.open(folder, engine: .file)
            let third = try await back.record(bench.callback(.stated("success", .succeeded, id: "EP-2"), "two"))
            #expect(third.isDuplicate)
            try await back.finish()
        }
    }

    @Test func `nothing is ever copied over a ledger`() async throws {
        let bench = try LedgerBench(engine: .file)
        try await bench.record(.stated("success", .succeeded), "one")
        try await bench.ledger.finish()
        try await PostgreSQLServer.withDatabase { database in
            _ = try await LedgerCopy.make(from: .file(path: bench.path), to: database.location)
            let before = try await database.query("SELECT history FROM paystate.ledger")
            await #expect(throws: CopyError.isNotEmpty(database: database.url, table: "account")) {
                try await LedgerCopy.make(from: .file(path: bench.path), to: database.location)
            }
            await #expect(throws: CopyError.exists(path: bench.path)) {
                try await LedgerCopy.make(from: database.location, to: .file(path: bench.path))
            }
            #expect(try await database.query("SELECT history FROM paystate.ledger") == before)
        }
    }

    @Test func `a database that a receiver works on is not copied, but backed up`() async throws {
        let bench = try LedgerBench(engine: .file)
        try await PostgreSQLServer.withDatabase { database in
            let ledger = try database.open()
            _ = try await ledger.renew([.keeping])
            let path = bench.folder.appending(path: "copy.db").path
            let error = await #expect(throws: CopyError.self) {
                try await LedgerCopy.make(from: database.location, to: .file(path: path))
            }
            #expect(error?.description.contains("keeper of ") == true)
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try await Ledger.backup(from: database.address, to: path).callbacks == 0)
            try await ledger.finish()
            let later = bench.folder.appending(path: "later.db").path
            _ = try await LedgerCopy.make(from: database.location, to: .file(path: later))
        }
    }

    @Test func `what fails leaves neither a schema nor rows`() async throws {
        let bench = try LedgerBench(engine: .file)
        try await bench.record(.stated("success", .succeeded), "one")
        try await bench.ledger.finish()
        // SQLite keeps it, PostgreSQL has no such text.
        try bench.tamper("UPDATE payment SET message = 'a' || char(0) || 'b'")
        try await PostgreSQLServer.withDatabase { database in
            let error = await #expect(throws: CopyError.self) {
                try await LedgerCopy.make(from: .file(path: bench.path), to: database.location)
            }
            guard case .isRefused(table: "payment", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let isEmpty = try await database.query("SELECT to_regnamespace('paystate') IS NULL")
            #expect(isEmpty == ["t"])
        }
    }

    @Test func `a server that is not there, and a database without a ledger, are named`() async throws {
        let bench = try LedgerBench(engine: .file)
        let path = bench.folder.appending(path: "copy.db").path
        let nowhere = "postgresql:///paystate?host=\(bench.folder.path)"
        let error = await #expect(throws: CopyError.self) {
            let address = PostgreSQLAddress(url: nowhere, password: nil)
            return try await LedgerCopy.make(from: .postgreSQL(address), to: .file(path: path))
        }
        #expect(error?.description.contains(nowhere) == true)
        try await PostgreSQLServer.withDatabase { database in
            let nothing = LedgerError.cannotOpen(path: database.url, reason: "there is no ledger in it")
            await #expect(throws: CopyError.cannotUse(nothing)) {
                try await LedgerCopy.make(from: database.location, to: .file(path: path))
            }
            await #expect(throws: BackupError.cannotRead(nothing)) {
                try await Ledger.backup(from: database.address, to: path)
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path)
        #expect(names.allSatisfy { !$0.contains("copy") })
    }
}

/// What is refused before any server is asked.
@Suite struct CopyRefusalTests {
    private static let server = LedgerLocation.postgreSQL(
        PostgreSQLAddress(url: "postgresql://paystate@db.invalid/paystate", password: nil)
    )

    @Test func `a file is not copied to a file`() async throws {
        await #expect(throws: CopyError.bothAreFiles) {
            try await LedgerCopy.make(from: .file(path: "a.db"), to: .file(path: "b.db"))
        }
    }

    @Test func `a file that a daemon holds is not copied`() async throws {
        let bench = try LedgerBench(engine: .file)
        let error = await #expect(throws: CopyError.self) {
            try await LedgerCopy.make(from: .file(path: bench.path), to: Self.server)
        }
        guard case .cannotUse(.isLocked(path: bench.path, _)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try await bench.ledger.finish()
    }

    @Test func `a file that is not there is not made`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        await #expect(throws: CopyError.self) {
            try await LedgerCopy.make(from: .file(path: folder.database), to: Self.server)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
}
