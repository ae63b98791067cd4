import Foundation
import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// Backups of a ledger on a server, each in one file of SQLite.
@Suite(.needsServer) struct ServerBackupTests {
    @Test func `it has everything as of one moment, though callbacks keep coming`() async throws {
        let bench = try LedgerBench(engine: .file)
        let path = bench.folder.appending(path: "copy.db").path
        try await PostgreSQLServer.withDatabase { database in
            let ledger = try database.open()
            for number in 0..<50 {
                _ = try await ledger.record(bench.callback(.stated("success", .succeeded, id: "before-\(number)"), nil))
            }
            try await withThrowingDiscardingTaskGroup { group in
                for number in 0..<200 {
                    let callback = bench.callback(.stated("success", .succeeded, id: "meanwhile-\(number)"), nil)
                    group.addTask { _ = try await ledger.record(callback) }
                }
                let backup = try await Ledger.backup(from: database.address, to: path)
                #expect(backup.callbacks >= 50 && backup.callbacks == backup.payments)
                #expect(backup.bytes == Int64(try Data(contentsOf: URL(filePath: path)).count))
                #expect(try Self.count("SELECT count(*) FROM callbacks", in: path) == backup.callbacks)
                let states = "SELECT count(*) FROM transitions WHERE entity = 'payment'"
                #expect(try Self.count(states, in: path) == backup.callbacks)
            }
            try await ledger.finish()
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path)
        #expect(names.filter { $0.contains("copy") } == ["copy.db"])
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    }

    @Test func `nothing is ever overwritten`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = try folder.write("precious", to: "copy.db")
        try await PostgreSQLServer.withDatabase { database in
            try await database.open().finish()
            await #expect(throws: BackupError.exists(path: path)) {
                try await Ledger.backup(from: database.address, to: path)
            }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test(arguments: [
        "UPDATE paystate.payment SET reconciliation = 'scheduled', next_poll_at = NULL",
        "UPDATE paystate.payment SET account = 99",
    ])
    func `what PostgreSQL does not check is found`(tampering: String) async throws {
        let bench = try LedgerBench(engine: .file)
        let path = bench.folder.appending(path: "copy.db").path
        try await PostgreSQLServer.withDatabase { database in
            let ledger = try database.open()
            _ = try await ledger.record(bench.callback(.stated("success", .succeeded), nil))
            try await ledger.finish()
            try await database.query(tampering)
            let error = await #expect(throws: BackupError.self) {
                try await Ledger.backup(from: database.address, to: path)
            }
            guard case .isDamaged(path: database.url, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `an interrupted one leaves nothing`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await PostgreSQLServer.withDatabase { database in
            try await database.open().finish()
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await Ledger.backup(from: database.address, to: folder.path("copy.db"))
                    }
                }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    private static func count(_ sql: String, in path: String) throws -> Int? {
        let reader = try DatabaseQueue.reader(of: path)
        defer { try? reader.close() }  // A reader left open is harmless.
        return try reader.read { try Int.fetchOne($0, sql: sql) }
    }
}
