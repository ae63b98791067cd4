import Foundation
import Ledger
import Payments
import TestSupport
import Testing

/// `paystate copy`, as the program that it is.
@Suite struct CopyCommandTests {
    @Test(
        arguments: [
            (["a.db", "b.db"], 64, "paystate backup"),
            (["a.db", "postgresql://paystate:secret@db.invalid/paystate"], 64, "TO: "),
            (["postgresql:/db.invalid/paystate", "a.db"], 64, "FROM: "),
            (["none.db", "postgresql://paystate@db.invalid/paystate"], 66, "none.db"),
        ] as [([String], Int32, String)]
    )
    func `what cannot be copied is named`(arguments: [String], status: Int32, words: String) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let run = try await ProgramRun.paystate(["copy"] + arguments, in: folder.url)
        #expect(run.status == status)
        #expect(run.errors.contains(words) && !run.errors.contains("secret"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test(.enabled(if: PostgreSQLServer.isThere, "PAYSTATE_POSTGRESQL names no server"))
    func `it moves a ledger there and back`() async throws {
        let bench = try LedgerBench(engine: .file)
        try await bench.record(.stated("success", .succeeded), "one")
        try await bench.ledger.finish()
        try await PostgreSQLServer.withDatabase { database in
            let there = try await ProgramRun.paystate(["copy", bench.path, database.url])
            #expect(there.status == 0 && there.output.contains("1 callbacks"), "\(there.errors)")
            let again = try await ProgramRun.paystate(["copy", bench.path, database.url])
            #expect(again.status == 73 && again.errors.contains("DROP SCHEMA"))
            let path = bench.folder.appending(path: "back.db").path
            let back = try await ProgramRun.paystate(["copy", database.url, path, "--json"])
            #expect(back.status == 0 && back.output.contains(#""callbacks""#), "\(back.errors)")
            let shown = try await ProgramRun.paystate(["payments", "--database", path])
            #expect(shown.output.contains("EP-1"))
        }
    }
}
