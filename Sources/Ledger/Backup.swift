import GRDB

/// A copy of a database as of one moment, verified, and in its place only when it is on the disk.
package struct Backup: Sendable, Equatable {
    package let path: String
    package let bytes: Int64
    package let callbacks: Int
    package let payments: Int

    /// Makes one, whether the daemon runs, is stopped, or was killed: one read transaction on a read-only connection, so
    /// nobody waits for it, though the write-ahead log grows until it is done.
    ///
    /// It is `VACUUM INTO`, not SQLite's backup API, which would copy page by page. That copy would take along all that lies
    /// in the pages beside the rows, and the room that emptied bodies have left; this one reads every row, so damage is found
    /// here; it can be interrupted; and it is not in WAL mode, so that any user may open it, alone and read-only.
    ///
    /// - Throws: ``BackupError``, or `CancellationError`.
    package static func make(of database: String, at path: String) async throws -> Backup {
        guard !BackupDraft.isTaken(path) else { throw BackupError.exists(path: path) }
        let source: DatabaseQueue
        do {
            source = try Connection.reading(at: database, label: "backup")
        } catch {
            throw BackupError.cannotRead(error)
        }
        let draft = try BackupDraft(of: path)
        do {
            let versions = try await explained(database, path) {
                try await source.writeWithoutTransaction { database in
                    try database.execute(sql: "VACUUM INTO ?", arguments: [draft.path])
                    return try Versions(of: database)
                }
            }
            let backup = try await explained(database, path) {
                try await verify(draft, of: database, as: path, expecting: versions)
            }
            try draft.publish(as: path, like: database)
            return backup
        } catch {
            draft.discard()
            throw error
        }
    }

    private static func verify(
        _ draft: BackupDraft,
        of database: String,
        as path: String,
        expecting versions: Versions
    ) async throws -> Backup {
        let copy = try Connection.reading(at: draft.path, label: "verification")
        let backup = try await copy.read { copy in
            var findings = try String.fetchAll(copy, sql: "PRAGMA integrity_check(20)")
            if findings == ["ok"] { findings = [] }
            let orphans = try Row.fetchCursor(copy, sql: "PRAGMA foreign_key_check")
            while findings.count < 20, let row = try orphans.next() {
                let (table, parent): (String, String) = (row[0], row[2])
                findings.append("row \(row[1] as Int64? ?? 0) in table \(table) refers to nothing in \(parent)")
            }
            if try Versions(of: copy) != versions { findings.append("the copy has other versions than the database") }
            guard findings.isEmpty else { throw BackupError.isDamaged(path: database, findings: findings) }
            return Backup(
                path: path,
                bytes: try draft.size(),
                callbacks: try Int.fetchOne(copy, sql: "SELECT count(*) FROM callback") ?? 0,
                payments: try Int.fetchOne(copy, sql: "SELECT count(*) FROM payment WHERE merged_into IS NULL") ?? 0
            )
        }
        try copy.close()
        return backup
    }

    /// Turns SQLite's errors into ours.
    private static func explained<Output>(
        _ database: String,
        _ path: String,
        _ work: () async throws -> Output
    ) async throws -> Output {
        do {
            return try await work()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_INTERRUPT: throw CancellationError()
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                throw BackupError.isDamaged(path: database, findings: [error.reason])
            case .SQLITE_FULL, .SQLITE_IOERR: throw BackupError.diskFailed(path: path, reason: error.reason)
            default: throw BackupError.cannotCreate(path: path, reason: error.reason)  // SQLite's set, not ours.
            }
        } catch let error as LedgerError {
            throw BackupError.cannotRead(error)
        }
    }
}

/// What a database says it is.
private struct Versions: Equatable {
    let application: Int32
    let schema: Int

    init(of database: Database) throws {
        application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        schema = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }
}
