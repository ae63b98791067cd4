package import GRDB

extension DatabaseQueue {
    /// Another program that reads a database, and may hold a snapshot for long: from its own BEGIN to its COMMIT.
    package static func reader(of path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// A reader in the middle of a transaction: it releases the log with its COMMIT.
    package static func holdingReader(of path: String) async throws -> DatabaseQueue {
        let reader = try reader(of: path)
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM payments")
        }
        return reader
    }

    /// Another program that writes, in the middle of a transaction: it holds the lock until its ROLLBACK.
    package static func holdingWriter(of path: String) async throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.allowsUnsafeTransactions = true
        let writer = try DatabaseQueue(path: path, configuration: configuration)
        try await writer.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        return writer
    }
}
