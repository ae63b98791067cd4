import GRDB

/// A connection that reads beside the writer, and could not write.
///
/// It is unchecked because the compiler does not know that the statements are used only on the connection's serial
/// queue.
final class SQLiteReader: StoreReader, @unchecked Sendable {
    private var cache: StatementCache?
    private let queue: DatabaseQueue

    init(at path: String, label: String) throws(LedgerError) {
        queue = try Connection.reading(at: path, label: label)
    }

    func read<Output>(_ work: (any Statements) throws -> Output) throws -> Output {
        try queue.read { try work(statements(of: $0)) }
    }

    func readAside<Output: Sendable>(_ work: @escaping @Sendable (any Statements) throws -> Output) async throws
        -> Output
    {
        try await queue.read { [self] in try work(statements(of: $0)) }
    }

    func schema() throws -> LedgerSchema {
        try queue.read { database in
            LedgerSchema(
                version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
                known: Migrations.version,
                sqliteVersion: try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
            )
        }
    }

    func close() throws {
        queue.writeWithoutTransaction { _ in cache = nil }
        try queue.close()
    }

    private func statements(of database: Database) -> StatementCache {
        let statements = cache ?? StatementCache(database)
        cache = statements
        return statements
    }
}
