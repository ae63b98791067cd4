package import GRDB

extension DatabaseQueue {
    /// Another program that reads a database, and may keep a view for long: from a BEGIN to a COMMIT of its own.
    package static func reader(of path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// One in the middle of reading: it lets the log go with its COMMIT.
    package static func holdingReader(of path: String) async throws -> DatabaseQueue {
        let reader = try reader(of: path)
        try await reader.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM payments")
        }
        return reader
    }
}
