package import Foundation
import GRDB
package import Ledger
package import Payments

/// A real ledger in its own folder, and what a test needs to use and read it. On a server the folder stands for a
/// database.
package final class LedgerBench: Sendable {
    /// Stays until the process ends: a bench may be released as soon as its last method has begun, and the folder must
    /// not vanish while it is still read.
    package let folder: URL
    package let engine: TestEngine
    package let ledger: Ledger

    /// Where the file is; on a server there is none.
    package var path: String { Self.path(in: folder) }
    package var location: LedgerLocation { database?.location ?? .file(path: path) }
    /// The database on a server; `nil` where the ledger is a file.
    package var database: PostgreSQLDatabase? { Self.database(in: folder, engine) }

    package init(
        engine: TestEngine = .configured,
        accounts: [LedgerAccount] = [.ecp, .ecc],
        targets: [DeliveryTarget] = [],
        schedule: PollSchedule = .everyMinute,
        quota: RejectionQuota = .hundred,
        capacity: Int = 8192,
        timeout: Duration = .seconds(5),
        checkpointStep: Int = 16_384
    ) throws {
        folder = try TemporaryFolder().url
        self.engine = engine
        ledger = try Self.open(
            folder,
            engine: engine,
            accounts: accounts,
            targets: targets,
            schedule: schedule,
            quota: quota,
            capacity: capacity,
            timeout: timeout,
            checkpointStep: checkpointStep
        )
    }

    deinit {
        if engine == .postgreSQL { BenchDatabases.release(folder) }
    }

    package static func open(
        _ folder: URL,
        engine: TestEngine = .configured,
        accounts: [LedgerAccount] = [.ecp, .ecc],
        targets: [DeliveryTarget] = [],
        schedule: PollSchedule = .everyMinute,
        quota: RejectionQuota = .hundred,
        capacity: Int = 8192,
        timeout: Duration = .seconds(5),
        checkpointStep: Int = 16_384
    ) throws -> Ledger {
        if engine == .postgreSQL, let server = PostgreSQLServer.shared {
            try BenchDatabases.prepare(for: folder, on: server)
        }
        return try Ledger(
            at: database(in: folder, engine)?.location ?? .file(path: path(in: folder)),
            accounts: accounts,
            targets: targets,
            schedule: schedule,
            quota: quota,
            capacity: capacity,
            timeout: timeout,
            checkpointStep: checkpointStep
        )
    }

    /// Opens the ledger again as the next process would, after it was finished.
    package func reopened(
        accounts: [LedgerAccount] = [.ecp, .ecc],
        targets: [DeliveryTarget] = []
    ) throws -> Ledger {
        guard engine == .file else {
            return try Self.open(folder, engine: engine, accounts: accounts, targets: targets)
        }
        // This process holds the file itself until it ends.
        let copy = folder.appending(path: "copy")
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path, toPath: Self.path(in: copy))
        return try Self.open(copy, engine: engine, accounts: accounts, targets: targets)
    }

    private static func path(in folder: URL) -> String { folder.appending(path: "paystate.db").path }

    private static func database(in folder: URL, _ engine: TestEngine) -> PostgreSQLDatabase? {
        guard engine == .postgreSQL, let server = PostgreSQLServer.shared else { return nil }
        return BenchDatabases.database(of: folder, on: server)
    }

    /// The rows of a query, each as the text of its columns; NULL is `-`.
    package func rows(_ sql: String, _ arguments: QueryArguments = []) throws -> [String] {
        if let database {
            return try database.rows(Self.translated(arguments.inserted(into: sql)), variables: arguments.literals)
        }
        let reader = try DatabaseQueue.reader(of: path)
        defer { try? reader.close() }  // A reader left open is harmless.
        return try reader.read { database in
            try Row.fetchAll(database, sql: sql, arguments: arguments.ofStatement).map { row in
                row.map { _, value in value.isNull ? "-" : String.fromDatabaseValue(value) ?? "\(value)" }.joined(
                    separator: " "
                )
            }
        }
    }

    /// Changes the database as another program could.
    package func tamper(_ sql: String) throws {
        if let database {
            _ = try database.run(script: "\(Self.translated(sql))\n;\n", isOneTransaction: true)
            return
        }
        let writer = try DatabaseQueue(path: path)
        defer { try? writer.close() }  // The file is thrown away after the test.
        try writer.write { try $0.execute(sql: sql) }
    }

    /// What SQLite has a word of its own for, in PostgreSQL's words. Whatever else tests write is understood by both.
    private static func translated(_ sql: String) -> String {
        [
            (#"\bx'([0-9a-fA-F]*)'"#, #"'\\x$1'"#),
            (#"\bhex\((\w+)\)"#, "encode($1, 'hex')"),
            (#"\brandomblob\(32\)"#, "sha256(CAST(CAST(gen_random_uuid() AS text) AS bytea))"),
            (#"\bunixepoch\(\)"#, "CAST(floor(extract(epoch FROM statement_timestamp())) AS bigint)"),
        ].reduce(sql) { text, word in
            text.replacingOccurrences(of: word.0, with: word.1, options: .regularExpression)
        }
    }

    @discardableResult
    package func record(
        _ content: ReceivedCallback.Content,
        _ body: String? = nil,
        account: String = "ecp",
        at time: Int64 = 1000
    )
        async throws
        -> RecordResult
    {
        try await ledger.record(callback(content, body, account: account, at: time))
    }

    package func callback(
        _ content: ReceivedCallback.Content,
        _ body: String?,
        account: String = "ecp",
        at time: Int64 = 1000
    ) -> ReceivedCallback {
        let bytes = Array((body ?? "\(content)").utf8)
        return ReceivedCallback(
            account: account,
            body: bytes,
            digest: Self.digest(bytes),
            receivedAt: Timestamp(milliseconds: time),
            remoteAddress: "192.0.2.1",
            verdict: .valid,
            form: account == "ecp" ? "natural" : "basic",
            keyID: "1",
            content: content
        )
    }

    /// A stand-in for SHA-256: the ledger only needs 32 bytes that differ if the bodies do.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var hash: [UInt64] = [14_695_981_039_346_656_037, 1_099_511_628_211, 7, 13]
        for byte in bytes {
            for index in hash.indices {
                hash[index] = (hash[index] ^ UInt64(byte)) &* 1_099_511_628_211 &+ UInt64(index)
            }
        }
        return hash.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }
}
