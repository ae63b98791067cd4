package import Foundation
package import GRDB
package import Ledger
package import Payments

/// A real ledger in its own folder, and what a test needs to use and read it.
package final class LedgerBench: Sendable {
    /// Stays until the process ends: a bench may be released as soon as its last method has begun, and the folder must
    /// not vanish while it is still read.
    package let folder: URL
    package let ledger: Ledger

    package var path: String { folder.appending(path: "paystate.db").path }

    package init(
        accounts: [LedgerAccount] = [.ecp, .ecc],
        schedule: PollSchedule = .everyMinute,
        quota: RejectionQuota = .hundred,
        capacity: Int = 8192,
        timeout: Duration = .seconds(5),
        checkpointStep: Int = 16_384
    ) throws {
        folder = try TemporaryFolder().url
        ledger = try Self.open(
            folder,
            accounts: accounts,
            schedule: schedule,
            quota: quota,
            capacity: capacity,
            timeout: timeout,
            checkpointStep: checkpointStep
        )
    }

    package static func open(
        _ folder: URL,
        accounts: [LedgerAccount] = [.ecp, .ecc],
        schedule: PollSchedule = .everyMinute,
        quota: RejectionQuota = .hundred,
        capacity: Int = 8192,
        timeout: Duration = .seconds(5),
        checkpointStep: Int = 16_384
    ) throws -> Ledger {
        try Ledger(
            at: .file(path: folder.appending(path: "paystate.db").path),
            accounts: accounts,
            schedule: schedule,
            quota: quota,
            capacity: capacity,
            timeout: timeout,
            checkpointStep: checkpointStep
        )
    }

    /// The rows of a query, each as the text of its columns; NULL is `-`.
    package func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [String] {
        let reader = try DatabaseQueue.reader(of: path)
        defer { try? reader.close() }  // A reader left open is harmless.
        return try reader.read { database in
            try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
                row.map { _, value in value.isNull ? "-" : String.fromDatabaseValue(value) ?? "\(value)" }.joined(
                    separator: " "
                )
            }
        }
    }

    /// Changes the file as another program could.
    package func tamper(_ sql: String) throws {
        let writer = try DatabaseQueue(path: path)
        defer { try? writer.close() }  // The file is thrown away after the test.
        try writer.write { try $0.execute(sql: sql) }
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
