import GRDB

/// A ledger in a file that is copied from. No daemon can open it as long as this lives.
final class FileCopySource: CopySource {
    private let path: String
    private let queue: DatabaseQueue
    private let lock: DatabaseLock

    init(at path: String) throws(CopyError) {
        self.path = path
        do {
            // A missing file is not created, and one of another program is not locked.
            queue = try Connection.reading(at: path, label: "copy")
            let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard version == Migrations.version else {
                throw CopyError.isOlder(database: path, version: version, known: Migrations.version)
            }
            lock = try DatabaseLock(besides: path)
        } catch let error as CopyError {
            throw error
        } catch {
            throw .cannotUse(LedgerError(error, at: path))
        }
    }

    func snapshot<Output>(_ work: (any TableReader) throws -> Output) throws -> Output {
        defer { withExtendedLifetime(lock) {} }
        do {
            return try queue.read { database in
                let tables = SQLiteTables(in: database) { [path] error, _ in
                    CopyError.cannotUse(LedgerError(error, at: path))
                }
                return try work(tables)
            }
        } catch let error as DatabaseError {
            throw CopyError.cannotUse(LedgerError(error, at: path))
        }
    }
}
