import Foundation
import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// Copies of a database that is in use.
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "about the file")) struct BackupTests {
    @Test func `it has everything as of one moment, though callbacks keep coming, and opens as one plain file`()
        async throws
    {
        let bench = try LedgerBench()
        for number in 0..<50 { try await bench.record(.stated("success", .succeeded, id: "before-\(number)")) }
        let path = bench.place("copy.db")
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<200 {
                group.addTask { try await bench.record(.stated("success", .succeeded, id: "meanwhile-\(number)")) }
            }
            let backup = try await Backup.make(of: bench.path, at: path)
            #expect(backup.callbacks >= 50 && backup.callbacks == backup.payments)
            #expect(backup.bytes == Int64(try Data(contentsOf: URL(filePath: path)).count))
            let copied = try Self.read(path, "SELECT count(*) FROM callbacks")
            #expect(copied == backup.callbacks)
            #expect(try Self.read(path, "SELECT count(*) FROM transitions WHERE entity = 'payment'") == copied)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path)
        #expect(names.filter { $0.contains("copy") } == ["copy.db"])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
    }

    @Test func `put in its place, it is the ledger again`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded), "one")
        let restored = bench.folder.appending(path: "restored")
        try FileManager.default.createDirectory(at: restored, withIntermediateDirectories: true)
        _ = try await Backup.make(of: bench.path, at: restored.appending(path: "paystate.db").path)
        let ledger = try LedgerBench.open(restored)
        let recorded = try await ledger.record(bench.callback(.stated("success", .succeeded), "one"))
        #expect(recorded == RecordResult(callback: 1, effect: .applied, isDuplicate: true))
        #expect(try await ledger.setup()?.journalMode == "wal")
    }

    @Test func `nothing is ever overwritten, not even a link that leads nowhere`() async throws {
        let bench = try LedgerBench()
        let path = bench.place("copy.db")
        try Data("precious".utf8).write(to: URL(filePath: path))
        await #expect(throws: BackupError.exists(path: path)) { try await Backup.make(of: bench.path, at: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        let link = bench.place("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bench.place("nowhere"))
        await #expect(throws: BackupError.exists(path: link)) { try await Backup.make(of: bench.path, at: link) }
    }

    @Test func `a damaged database gives no backup, and says so`() async throws {
        let bench = try LedgerBench()
        for number in 0..<200 { try await bench.record(.stated("success", .succeeded, id: "EP-\(number)")) }
        try await bench.ledger.finish()
        let file = try FileHandle(forUpdating: URL(filePath: bench.path))
        try file.seek(toOffset: 4096 * 20)
        try file.write(contentsOf: Data(count: 4096 * 40))
        try file.close()
        let error = await #expect(throws: BackupError.self) {
            try await Backup.make(of: bench.path, at: bench.place("copy.db"))
        }
        let words = try #require(error).description
        #expect(words.contains("is damaged"))
        #expect(try bench.leftovers() == [])
    }

    @Test func `an interrupted one leaves nothing`() async throws {
        let bench = try LedgerBench()
        for number in 0..<200 { try await bench.record(.stated("success", .succeeded, id: "EP-\(number)")) }
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await Backup.make(of: bench.path, at: bench.place("copy.db"))
                }
            }
        }
        #expect(try bench.leftovers() == [])
    }

    @Test func `what a killed one left is removed by the next, but not what another is just writing`() async throws {
        let bench = try LedgerBench()
        let left = bench.place(".copy.db.AAAAAA.paystate-draft")
        let held = bench.place(".copy.db.BBBBBB.paystate-draft")
        for path in [left, left + "-journal", held] { try Data("half".utf8).write(to: URL(filePath: path)) }
        let holder = try FileHandle(forUpdating: URL(filePath: held))
        #expect(flock(holder.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
        _ = try await Backup.make(of: bench.path, at: bench.place("copy.db"))
        #expect(!FileManager.default.fileExists(atPath: left))
        #expect(!FileManager.default.fileExists(atPath: left + "-journal"))
        #expect(FileManager.default.fileExists(atPath: held))
        try holder.close()
    }

    @Test func `a pipe that is named like a draft stops nobody, and stays`() async throws {
        let bench = try LedgerBench()
        let pipe = bench.place(".pipe.paystate-draft")
        #expect(mkfifo(pipe, 0o600) == 0)
        _ = try await Backup.make(of: bench.path, at: bench.place("copy.db"))
        #expect(FileManager.default.fileExists(atPath: pipe))
    }

    @Test func `many at once in one folder do not take each other's drafts away`() async throws {
        let bench = try LedgerBench()
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<16 {
                group.addTask { _ = try await Backup.make(of: bench.path, at: bench.place("copy-\(number).db")) }
            }
        }
        #expect(try bench.leftovers().count == 16)
    }

    @Test func `a folder that is not there and a database that is not there are named`() async throws {
        let bench = try LedgerBench()
        let nowhere = bench.place("no/copy.db")
        let error = await #expect(throws: BackupError.self) { try await Backup.make(of: bench.path, at: nowhere) }
        #expect(error?.description.contains(nowhere) == true)
        await #expect(throws: BackupError.self) {
            try await Backup.make(of: bench.place("none.db"), at: bench.place("copy.db"))
        }
        #expect(try bench.leftovers() == [])
    }

    private static func read(_ path: String, _ sql: String) throws -> Int? {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }  // A reader left open is harmless.
        #expect(try queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
        return try queue.read { try Int.fetchOne($0, sql: sql) }
    }
}

extension LedgerBench {
    fileprivate func place(_ name: String) -> String { folder.appending(path: name).path }

    fileprivate func leftovers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("copy") }
    }
}
