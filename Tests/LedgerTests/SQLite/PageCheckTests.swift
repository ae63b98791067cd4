import Foundation
import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// Unnoticed damage in the file.
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "about the file")) struct PageCheckTests {
    @Test func `a whole database is read to its end, in pieces, and is found whole`() async throws {
        let ledger = try await LedgerBench.open(LedgerBench.copyOfFilled())
        #expect(try await ledger.lastPageCheck() == nil)
        var pieces = 0
        #expect(try await ledger.checkPages(at: Timestamp(milliseconds: 7000)) { _ in pieces += 1 } == [])
        #expect(pieces > 40, "there are some forty tables and indexes, and some are read in several pieces")
        #expect(
            try await ledger.lastPageCheck()
                == PageCheckOutcome(finishedAt: Timestamp(milliseconds: 7000), damage: nil)
        )
        #expect(try await ledger.status().damage == nil)
    }

    @Test(arguments: [
        "callback", "callback_by_account", "operation", "operation_by_id", "payment_by_reference", "anomaly",
    ])
    func `a damaged page is found, and the alarm stays`(_ tree: String) async throws {
        let copy = try await LedgerBench.copyOfFilled()
        let path = copy.appending(path: "paystate.db").path
        let page = try await DatabaseQueue(path: path).read { database in
            try Int.fetchOne(
                database,
                sql: "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno LIMIT 1",
                arguments: [tree]
            )
        }
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: UInt64(try #require(page) - 1) * 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        try file.close()
        let ledger = try LedgerBench.open(copy)
        let findings = try await ledger.checkPages(at: Timestamp(milliseconds: 7000)) { _ in }
        #expect(findings.contains { $0.hasPrefix(tree) }, "\(findings)")
        #expect(try await ledger.lastPageCheck()?.damage == findings.first)
        #expect(try await ledger.status().damage == findings.first)
    }
}

extension LedgerBench {
    /// The folder of a copy of a ledger with more rows than are checked at once.
    fileprivate static func copyOfFilled() async throws -> URL {
        let bench = try await filled.value
        let copy = bench.folder.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: bench.path, toPath: copy.appending(path: "paystate.db").path)
        return copy
    }

    private static let filled = Task<LedgerBench, any Error> {
        let bench = try LedgerBench()
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<700 {
                group.addTask {
                    try await bench.record(.stated("success", .succeeded, id: "EP-\(number)", operation: "\(number)"))
                }
            }
            for number in 0..<50 {
                group.addTask {
                    try await bench.record(
                        .transaction("1-\(number)", .payment, reference: "R-\(number)"),
                        account: "ecc"
                    )
                }
            }
            for number in 0..<5 {
                group.addTask {
                    try await bench.record(.undecodable("no JSON"), "body \(number)")
                }
            }
        }
        try await bench.ledger.finish()
        return bench
    }
}
