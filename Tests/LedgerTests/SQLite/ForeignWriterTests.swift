import Foundation
import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// Other programs that use the database.
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "about the file")) struct ForeignWriterTests {
    @Test func `who holds the lock too long is not waited for, and all goes on when it is let go`() async throws {
        let bench = try LedgerBench(timeout: .milliseconds(50))
        try await bench.record(.stated("success", .succeeded, id: "before"))
        let other = try await DatabaseQueue.holdingWriter(of: bench.path)
        let refused = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    do throws(RecordingError) {
                        _ = try await bench.ledger.record(
                            bench.callback(.stated("success", .succeeded, id: "EP-\(number)"), nil)
                        )
                        return false
                    } catch .isUnwritable {
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(refused == 300)
        #expect(bench.ledger.unavailableReason(for: .callbacks) == .isLocked)
        #expect(try bench.rows("SELECT count(*) FROM payments") == ["1"])
        #expect(try await bench.due(at: 1) == nil, "reading goes on")
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await bench.ledger.probe(at: Timestamp(milliseconds: 0))
        #expect(bench.ledger.unavailableReason(for: .callbacks) == nil)
        try await bench.record(.stated("success", .succeeded, id: "after"))
    }

    @Test func `of several who are urgent, who came first goes first`() async throws {
        let bench = try LedgerBench(timeout: .seconds(60))
        let other = try await DatabaseQueue.holdingWriter(of: bench.path)
        let times = try await withThrowingTaskGroup(of: (number: Int, time: Timestamp).self) { group in
            for number in 0..<4 {
                group.addTask { (number, try await bench.ledger.probe(at: Timestamp(milliseconds: 1000))) }
                let isQueued = try await eventually(every: .milliseconds(2)) {
                    bench.ledger.unansweredRequests == number + 1
                }
                try #require(isQueued)
            }
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            return try await group.reduce(into: [Int: Int64]()) { $0[$1.number] = $1.time.milliseconds }
        }
        #expect(times == [0: 1000, 1: 1001, 2: 1002, 3: 1003])
    }

    @Test func `a log that a reader has held for long is copied and started over once it is let go`() async throws {
        let bench = try LedgerBench(checkpointStep: 200)
        try await bench.record(.stated("success", .succeeded, id: "before"))
        let reader = try await DatabaseQueue.holdingReader(of: bench.path)
        try await bench.fill("held", 1000)
        let held = try #require(try await bench.ledger.logState()).index
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try await bench.fill("free", 1000)
        try await bench.fill("more", 1500)
        #expect(held.frames > 600)
        let end = try #require(try await bench.ledger.logState()).index
        #expect(end.frames < 2 * held.frames, "the log is written over")
    }

    @Test func `a reader amid a short query does not keep the log from being emptied at the end`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, id: "before"))
        let reader = try await DatabaseQueue.holdingReader(of: bench.path)
        // On a thread of its own: tasks wait for their turn while many tests run.
        let query = Thread {
            usleep(50_000)
            try? reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        }
        query.start()
        try await bench.ledger.finish()
        #expect(try bench.logSize() == 0)
    }

    @Test func `what a reader has made long is copied in steps, between which callbacks are recorded`() async throws {
        let bench = try LedgerBench(checkpointStep: 800)
        try await bench.record(.stated("success", .succeeded, id: "before"))
        let reader = try await DatabaseQueue.holdingReader(of: bench.path)
        try await bench.fill("held", 3000)
        let held = try #require(try await bench.ledger.logState()).index
        #expect(held.waiting > 1600)
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        var (copied, steps, number) = (held.copied, 0, 0)
        while copied < held.frames, number < 2000 {
            number += 1
            try await bench.record(.stated("success", .succeeded, id: "after-\(number)"))
            let index = try #require(try await bench.ledger.logState()).index
            guard index.frames >= held.frames else { break }
            #expect(index.copied - copied <= 800)
            steps += index.copied > copied ? 1 : 0
            copied = index.copied
        }
        #expect(steps >= 2)
        #expect(
            try await reader.writeWithoutTransaction { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == [
                "ok"
            ]
        )
        try await bench.fill("more", 1000)
        let end = try #require(try await bench.ledger.logState()).index
        #expect(end.frames < held.frames, "the log has started over")
    }

    @Test func `what another program commits is noticed, once, and what the ledger itself does is not`() async throws {
        let bench = try LedgerBench()
        #expect(try await bench.ledger.inspect() == nil)
        try await bench.record(.stated("success", .succeeded))
        _ = try bench.rows("SELECT * FROM payments")
        _ = try await Backup.make(of: bench.path, at: bench.folder.appending(path: "copy.db").path)
        #expect(try await bench.ledger.inspect() == nil)
        try bench.tamper("UPDATE payment SET code = 'theirs'")
        #expect(try await bench.ledger.inspect() == .foreignCommit)
        #expect(try await bench.ledger.inspect() == nil)
    }

    @Test func `when its file is taken away, it records nothing more, and ends`() async throws {
        let bench = try LedgerBench()
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await #expect(throws: FatalLedgerError.self) { try await bench.ledger.run() } }
            try FileManager.default.moveItem(atPath: bench.path, toPath: bench.path + ".away")
            guard case .filesAreGone(let missing) = try await bench.ledger.inspect() else {
                Issue.record("it is not noticed")
                return
            }
            #expect(missing.database && !missing.log && !missing.index)
            await #expect(throws: RecordingError.isClosed) { try await bench.record(.stated("success", .succeeded)) }
        }
    }

    @Test func `the room of a file system is told, also where the database is not there yet`() throws {
        let bench = try LedgerBench()
        let space = try #require(FreeSpace(besides: bench.path))
        #expect(space.bytes > 0 && space.bytes < space.total && !space.isReadOnly)
        #expect(FreeSpace(besides: bench.folder.appending(path: "none").path)?.total == space.total)
        #expect(FreeSpace(besides: "/nowhere/at/all") == nil)
        #expect(FreeSpace(besides: "/proc/none/none") == nil)
    }
}

extension LedgerBench {
    fileprivate func fill(_ name: String, _ count: Int) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<count {
                group.addTask { try await self.record(.stated("success", .succeeded, id: "\(name)-\(number)")) }
            }
        }
    }

    /// In bytes.
    fileprivate func logSize() throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
    }
}
