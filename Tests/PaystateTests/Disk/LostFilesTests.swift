import Foundation
import GRDB
import Glibc
import Ledger
import Payments
import TestSupport
import Testing

/// The real program when its files are removed.
@Suite struct LostFilesTests {
    @Test(arguments: [["-wal"], ["-shm"], [""], ["-wal", "-shm"], ["", "-wal", "-shm"]])
    func `when files are removed it acknowledges nothing more, and the next start has all that was acknowledged`(
        _ suffixes: [String]
    ) async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        #expect(bench.acknowledged.count == 3)
        for suffix in suffixes { try FileManager.default.removeItem(atPath: bench.daemon.database + suffix) }
        // If the program has already ended, there is no response.
        let answer = try? await bench.post()
        #expect(answer == nil || answer?.status == 503)
        #expect(try await bench.daemon.end() == 74)
        #expect(bench.daemon.log.contains("removed or replaced while the daemon held"))
        try await bench.daemon.start()
        #expect(try bench.recorded().isSuperset(of: bench.acknowledged))
        #expect(try await bench.postAgain()?.status == 200)
        #expect(try bench.payments().count == 4)
        #expect(bench.daemon.stop() == 0)
        #expect(try await bench.daemon.follow(["rebuild", "--check", "--database", bench.daemon.database]).status == 0)
    }

    @Test func `nobody calls, and the log is saved all the same, though a reader holds an old view`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        try await bench.post()
        let reader = try await DatabaseQueue.holdingReader(of: bench.daemon.database)
        for _ in 0..<3 { try await bench.post() }
        try FileManager.default.removeItem(atPath: bench.daemon.database + "-wal")
        #expect(try await bench.daemon.end() == 74)
        #expect(bench.daemon.log.contains("is written back to"))
        try reader.close()
        try await bench.daemon.start()
        #expect(bench.acknowledged.count == 4)
        #expect(try bench.recorded() == bench.acknowledged)
        #expect(bench.daemon.stop() == 0)
    }

    @Test func `a database that was moved away leaves the next start all that was acknowledged`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        let away = bench.daemon.database + ".away"
        try FileManager.default.moveItem(atPath: bench.daemon.database, toPath: away)
        #expect(try await bench.daemon.end() == 74)
        try await bench.daemon.start()
        #expect(try bench.recorded() == bench.acknowledged)
        #expect(bench.daemon.stop() == 0)
    }

    @Test
    func
        `of a database that was replaced all that was acknowledged is beside it, and its log does not touch the other`()
        async throws
    {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        let other = bench.daemon.database + ".other"
        try await DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
        #expect(rename(other, bench.daemon.database) == 0)
        #expect(try await bench.daemon.end() == 74)
        let saved = bench.daemon.database + ".saved"
        #expect(bench.daemon.log.contains("all that was recorded is in \(saved)"))
        let payments = try LedgerReader(at: .file(path: saved)).payments(
            PaymentFilter(account: nil, state: nil, isOverdue: false, now: Timestamp(milliseconds: 0), limit: 100)
        )
        #expect(Set(payments.map { $0.text("payment_id") }) == bench.acknowledged)
        #expect(!FileManager.default.fileExists(atPath: bench.daemon.database + "-wal"))
        let tables = try await DatabaseQueue(path: bench.daemon.database).read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema")
        }
        #expect(tables == ["theirs"])
    }

    @Test func `with no room to save it, it stays and refuses, until there is room`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        for _ in 0..<3 { try await bench.post() }
        try bench.begin(.short, "1")
        try FileManager.default.removeItem(atPath: bench.daemon.database)
        let isTold = try await eventually { bench.daemon.log.contains("no room for a copy") }
        #expect(isTold)
        #expect(try await bench.get("/healthz").status == 200)
        #expect(try await bench.post()?.status == 503)
        try bench.end(.short)
        #expect(bench.daemon.stop() == 74)
        try await bench.daemon.start()
        #expect(try bench.recorded() == bench.acknowledged)
        #expect(bench.daemon.stop() == 0)
    }

    @Test func `a second daemon is refused also where the file of the lock was removed`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        try await bench.post()
        try FileManager.default.removeItem(atPath: bench.daemon.database + ".lock")
        let second = try await bench.daemon.follow(["rebuild", "--database", bench.daemon.database])
        #expect(second.status != 0)
        #expect(second.errors.contains("holds \(bench.daemon.database)"), "\(second.errors)")
        #expect(try await bench.post()?.status == 200)
        #expect(bench.daemon.stop() == 0)
        #expect(try await bench.daemon.follow(["rebuild", "--database", bench.daemon.database]).status == 0)
    }

    @Test func `who reads the oldest view is told as a metric`() async throws {
        let bench = try DiskBench()
        try await bench.daemon.start()
        try await bench.post()
        #expect(bench.daemon.stop() == 0)
        let reader = try await DatabaseQueue.holdingReader(of: bench.daemon.database)
        try await bench.daemon.start()
        let isTold = try await eventually {
            try await bench.get("/metrics").text.contains("paystate_wal_reader_process \(getpid())\n")
        }
        #expect(isTold)
        try reader.close()
        #expect(bench.daemon.stop() == 0)
    }
}
