import Foundation
import Ledger
import Payments
import TestSupport
import Testing

/// The errors of the real `paystate backup` when a disk fails: the database's, or the copy's.
@Suite struct FaultyBackupTests {
    @Test(
        arguments: [
            ("copy", 74, "paystate.db itself was checked and is sound: keep it"),
            ("unreadable", 74, "paystate.db could not be read"),
            ("", 0, ""),
        ]
    )
    func `the disk that failed is named, and no other`(_ fault: String, _ code: Int32, _ words: String) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let empty = try await Self.makeLedger(at: folder.database)
        if !fault.isEmpty { try folder.write("\(empty)", to: fault) }
        let run = try await ProgramRun.paystate(
            ["backup", folder.path("copy.db"), "--database", folder.database],
            environment: [
                "FAULTY_DISK": folder.path,
                "LD_PRELOAD": ProgramRun.products.appending(path: "libFaultyDisk.so").path,
            ]
        )
        let said = run.errors
        #expect(run.status == code, "\(said)")
        #expect(words.isEmpty ? said.isEmpty : said.contains(words), "\(said)")
        #expect(!said.contains("restore"))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("copy.db") }
        #expect(left == (code == 0 ? ["copy.db"] : []))
    }

    /// Makes a ledger with one callback.
    ///
    /// - Returns: the bytes that the ledger had before.
    private static func makeLedger(at path: String) async throws -> Int {
        try await open(path).finish()
        let size = try Data(contentsOf: URL(filePath: path)).count
        let ledger = try open(path)
        _ = try await ledger.record(
            ReceivedCallback(
                account: "shop",
                body: [UInt8](repeating: 0x20, count: 100_000),
                digest: [UInt8](repeating: 1, count: 32),
                receivedAt: Timestamp(milliseconds: 0),
                remoteAddress: nil,
                verdict: .valid,
                form: "natural",
                keyID: "shop",
                content: .undecodable("no object")
            )
        )
        try await ledger.finish()
        return size
    }

    private static func open(_ path: String) throws -> Ledger {
        try Ledger(
            at: .file(path: path),
            accounts: [LedgerAccount(name: "shop", gateway: "ecommpay", isFolded: false)],
            schedule: .everyMinute,
            quota: .hundred,
            capacity: 100
        )
    }
}
