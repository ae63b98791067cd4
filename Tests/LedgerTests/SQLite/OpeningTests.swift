import Foundation
import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// Opening, holding and closing the file.
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "about the file")) struct OpeningTests {
    @Test func `a commit is on the disk when it returns`() async throws {
        let setup = try #require(try await LedgerBench().ledger.setup())
        #expect(setup.journalMode == "wal")
        #expect(setup.synchronous == 2, "FULL")
        #expect(setup.memoryMap == 0)
        #expect(setup.sqliteVersion.hasPrefix("3."))
    }

    @Test func `a second daemon on the same database fails at once, and harms nothing`() async throws {
        let bench = try LedgerBench()
        #expect(throws: LedgerError.isLocked(path: bench.path, holder: " (process \(getpid()))")) {
            _ = try LedgerBench.open(bench.folder)
        }
        try await bench.record(.stated("success", .succeeded))
    }

    @Test func `without the file beside it the database is held all the same, and keeps SQLite's locks`() async throws {
        let bench = try LedgerBench()
        // While other tests lock and unlock, the system's list may miss some of them.
        func holdsLock() throws -> Bool { try (0..<200).contains { _ in try !bench.locks().isEmpty } }
        #expect(try holdsLock())
        try FileManager.default.removeItem(atPath: bench.path + ".lock")
        #expect(throws: LedgerError.isLocked(path: bench.path, holder: "")) { _ = try LedgerBench.open(bench.folder) }
        #expect(try holdsLock())
        try await bench.record(.stated("success", .succeeded))
    }

    @Test func `in one folder there may be several databases`() async throws {
        let bench = try LedgerBench()
        let other = try Ledger(
            at: .file(path: bench.folder.appending(path: "other.db").path),
            accounts: [],
            schedule: .everyMinute,
            quota: .hundred,
            capacity: 1
        )
        try await other.probe(at: Timestamp(milliseconds: 0))
        try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
    }

    @Test func `a second daemon by way of a link fails as well`() async throws {
        let bench = try LedgerBench()
        let elsewhere = bench.folder.appending(path: "elsewhere")
        try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
        let link = elsewhere.appending(path: "paystate.db").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bench.path)
        #expect(throws: LedgerError.isLocked(path: link, holder: " (process \(getpid()))")) {
            _ = try LedgerBench.open(elsewhere)
        }
        #expect(throws: LedgerError.isLocked(path: link, holder: " (process \(getpid()))")) {
            try Ledger.discard(at: link)
        }
        try await bench.record(.stated("success", .succeeded))
    }

    @Test func `at the end of a link to nothing a ledger is made, and held`() throws {
        let bench = try LedgerBench()
        let (one, other) = (bench.folder.appending(path: "one"), bench.folder.appending(path: "other"))
        for folder in [one, other] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let link = one.appending(path: "paystate.db").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "../other/paystate.db")
        let ledger = try LedgerBench.open(one)
        guard case .file(let path) = ledger.location else {
            Issue.record("it is in a file")
            return
        }
        #expect(path.hasSuffix("/other/paystate.db"))
        #expect(throws: LedgerError.self) { _ = try LedgerBench.open(other) }
    }

    @Test func `a database with a hard link is refused with a word on what to do`() async throws {
        let bench = try LedgerBench()
        try await bench.ledger.finish()
        let copy = bench.folder.appending(path: "copy")
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        try FileManager.default.linkItem(atPath: bench.path, toPath: copy.appending(path: "paystate.db").path)
        let error = #expect(throws: LedgerError.self) { _ = try LedgerBench.open(copy) }
        #expect(error?.description.contains("hard link") == true)
        #expect(!FileManager.default.fileExists(atPath: copy.appending(path: "paystate.db.lock").path))
    }

    @Test func `it is opened again with all that it held`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded), "one")
        try await bench.ledger.finish()
        let again = try bench.reopened()
        let recorded = try await again.record(bench.callback(.stated("success", .succeeded), "one"))
        #expect(recorded == RecordResult(callback: 1, effect: .applied, isDuplicate: true))
    }

    @Test func `a closed ledger records nothing, and says so`() async throws {
        let bench = try LedgerBench()
        try await bench.ledger.finish()
        await #expect(throws: RecordingError.isClosed) { try await bench.record(.stated("success", .succeeded)) }
        #expect(!bench.ledger.refuse(rejection("x")))
    }

    @Test func `files are for the group to read, and stay readable after the end`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded))
        try await bench.ledger.finish()
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: bench.path + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o640, "\(suffix)")
        }
        #expect(try bench.rows("SELECT count(*) FROM payments") == ["1"])
    }

    @Test func `a reader that takes its time holds up nobody, and sees what it saw`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, id: "before"))
        let reader = try DatabaseQueue.reader(of: bench.path)
        let count = "SELECT count(*) FROM payments"
        try await reader.read { _ = try Int.fetchOne($0, sql: count) }
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            _ = try Int.fetchOne(database, sql: count)
        }
        for round in 0..<4 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try await bench.record(.stated("success", .succeeded, id: "EP-\(round)-\(number)"))
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await reader.writeWithoutTransaction { try Int.fetchOne($0, sql: count) } == 1)
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(try await reader.writeWithoutTransaction { try Int.fetchOne($0, sql: count) } == 801)
    }

    @Test func `another program's database is refused and left alone`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.database
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
        try other.close()
        let before = try Data(contentsOf: URL(filePath: path))
        #expect(throws: LedgerError.isForeign(path: path)) { _ = try LedgerBench.open(folder.url) }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        try Data("no database at all, but long enough to be looked at".utf8).write(to: URL(filePath: path))
        #expect(throws: LedgerError.isForeign(path: path)) { _ = try LedgerBench.open(folder.url) }
    }

    @Test func `a newer schema is refused with a word on what to do`() async throws {
        let bench = try LedgerBench()
        try await bench.ledger.finish()
        try bench.tamper("PRAGMA user_version = 999")
        let error = #expect(throws: LedgerError.self) { _ = try LedgerReader(at: .file(path: bench.path)) }
        #expect(error?.description.contains("install the newer paystate") == true)
    }

    @Test func `a schema of a build that was never released is refused with a word on what to do`() async throws {
        let bench = try LedgerBench()
        try await bench.ledger.finish()
        try bench.tamper("PRAGMA user_version = 7")
        let error = #expect(throws: LedgerError.self) { _ = try LedgerReader(at: .file(path: bench.path)) }
        #expect(error == .isUnreleased(path: bench.path))
        #expect(error?.description.contains("set another file under `database`") == true)
    }

    @Test func `a database that is not there is named`() {
        let error = #expect(throws: LedgerError.self) { _ = try LedgerReader(at: .file(path: "/nowhere/paystate.db")) }
        #expect(error?.description.contains("/nowhere/paystate.db") == true)
    }

    @Test func `every view and every column is documented`() throws {
        let bench = try LedgerBench()
        #expect(
            try bench.rows(
                """
                SELECT view.name, column.name FROM sqlite_schema AS view JOIN pragma_table_info(view.name) AS column
                WHERE view.type = 'view' AND NOT EXISTS (
                    SELECT 1 FROM schema_docs WHERE object = view.name AND "column" = column.name AND length(description) > 10)
                """
            ) == []
        )
        #expect(
            try bench.rows(
                """
                SELECT object, "column" FROM schema_docs WHERE "column" <> '' AND NOT EXISTS (
                    SELECT 1 FROM pragma_table_info(schema_docs.object) AS column WHERE column.name = schema_docs."column")
                """
            ) == []
        )
    }

    @Test(arguments: [
        "SELECT * FROM payments WHERE payment_id = 'x'", "SELECT * FROM payments WHERE checkout_token = 'x'",
        "SELECT * FROM orders WHERE reference = 'x'", "SELECT * FROM timeline WHERE payment_id = 'x'",
        "SELECT * FROM operations WHERE operation_id = 'x'", "SELECT * FROM transitions WHERE seq > 5",
        "SELECT * FROM checkouts WHERE token = 'x'", "SELECT * FROM callbacks WHERE payment_id = 'x'",
        "SELECT * FROM callbacks WHERE payment_id = 'x' AND account = 'y'",
        "SELECT * FROM payments WHERE payment_id = 'x' AND account = 'y'",
        "SELECT * FROM timeline WHERE payment_id = 'x' AND account = 'y'",
    ])
    func `what people ask is answered by an index, not by reading everything`(_ sql: String) throws {
        let plan = try LedgerBench().rows("EXPLAIN QUERY PLAN \(sql)")
        let scans = plan.filter { line in
            line.hasSuffix("USING INDEX callback_by_account (account=?)")
                || ["payment", "operation", "callback", "transition", "checkout", "anomaly", "poll"].contains {
                    line.hasSuffix("SCAN \($0)")
                }
        }
        #expect(scans == [])
    }

    private func rejection(_ body: String) -> RejectedRequest {
        RejectedRequest(
            account: "ecp",
            body: Array(body.utf8),
            receivedAt: Timestamp(milliseconds: 0),
            remoteAddress: nil,
            reason: "forged",
            signature: nil
        )
    }
}

extension LedgerBench {
    /// This process's fcntl(2) locks on the database, which closing any descriptor of the file would release.
    fileprivate func locks() throws -> [Substring] {
        let file = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int ?? 0
        return try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
            .filter { $0.contains(" POSIX ") && $0.contains(" \(getpid()) ") && $0.contains(":\(file) ") }
    }
}
