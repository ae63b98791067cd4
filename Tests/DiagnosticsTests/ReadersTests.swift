import ConfigurationFile
import Diagnostics
import Foundation
import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// The programs that read the database, and their effect on its log.
@Suite struct ReadersTests {
    @Test(.enabled(if: FileManager.default.isReadableFile(atPath: "/proc/locks")))
    func `a reader that holds an old view is named`() async throws {
        let patient = try Patient()
        let database = patient.path("paystate.db")
        let ledger = try Ledger(
            at: .file(path: database),
            accounts: [LedgerAccount(name: "shop", gateway: "ecommpay", isFolded: false)],
            schedule: .everyMinute,
            quota: .hundred,
            capacity: 10
        )
        let environment = HostEnvironment(variables: [:])
        let reader = try await DatabaseQueue.holdingReader(of: database)
        for second in 0..<5 { try await ledger.probe(at: Timestamp(milliseconds: Int64(second))) }
        let findings = WriteAheadLogCheck.findings(database: database, environment)
        #expect(findings.map(\.check) == ["write-ahead log", "readers"])
        #expect(findings.map(\.verdict) == [.ok, .ok])
        let seen = try #require(findings.last).seen
        #expect(seen.contains("(process \(getpid())) reads as of 6 pages ago"), "the schedule, then the heartbeats")
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        let after = WriteAheadLogCheck.findings(database: database, environment)
        #expect(after.last?.seen == "no program is reading the database right now")
        try reader.close()
        try await ledger.finish()
    }

    @Test func `readers are found in the kernel's list of locks`() {
        let locks = """
            1: POSIX  ADVISORY  READ 1234 fe:00:737 124 124
            1: -> POSIX  ADVISORY  READ 99 fe:00:737 124 124
            2: POSIX  ADVISORY  READ 1234 fe:00:737 128 128
            3: POSIX  ADVISORY  WRITE 7 fe:00:737 120 120
            4: POSIX  ADVISORY  READ 55 fe:00:737 123 123
            5: FLOCK  ADVISORY  WRITE 7 fe:00:737 0 EOF
            6: POSIX  ADVISORY  READ 66 fe:00:738 124 124
            """
        #expect(
            WALReader.all(in: locks, inode: 737) == [
                WALReader(process: 1234, place: 1), WALReader(process: 55, place: 0),
            ]
        )
    }

    @Test func `a view that lies far behind is a warning, with the process`() throws {
        let index = try #require(WALIndex(WALIndex.bytes(frames: 9000, copied: 4000, marks: [0, 100, 9000])))
        #expect(index.waiting == 5000)
        #expect(index.pageSize == 4096)
        func finding(_ places: Int...) -> Finding {
            let readers = places.map { WALReader(process: 10 + $0, place: $0) }
            return WriteAheadLogCheck.finding(readers, index) { $0 == 11 ? "report" : nil }
        }
        #expect(finding().verdict == .ok)
        #expect(finding(0, 2) == Finding("readers", .ok, "process 10; process 12"))
        #expect(finding(1, 2).verdict == .warning)
        #expect(finding(1, 2).seen == "report (process 11) reads as of 8900 pages ago; process 12")
        #expect(WALIndex([UInt8](repeating: 0, count: 200)) == nil)
    }
}
