import GRDB

/// A file that a ledger is copied into. It has another name until it is complete, was checked and is on the disk.
final class FileCopyTarget: CopyTarget {
    private let path: String
    private let draft: TemporaryBackup

    init(at path: String) throws(CopyError) {
        guard !TemporaryBackup.isTaken(path) else { throw .exists(path: path) }
        self.path = path
        do {
            draft = try TemporaryBackup(of: path)
        } catch {
            throw .isNotMade(error)
        }
    }

    func fill<Output>(_ work: (any TableWriter) throws -> Output) throws -> Output {
        do {
            let queue = try Connection.filling(at: draft.path)
            let output = try queue.write { database in
                try work(SQLiteTables(in: database) { error, table in self.explanation(error, in: table) })
            }
            try queue.close()
            return output
        } catch let error as DatabaseError {
            throw explanation(error, in: nil)
        }
    }

    /// Checks it as every backup is, and gives it its name.
    ///
    /// - Parameter name: where its rows come from.
    func publish(asCopyOf name: String) async throws -> Backup {
        do {
            return try await Backup.publish(draft, as: path, copyOf: name)
        } catch let error as BackupError {
            throw CopyError.isNotMade(error)
        }
    }

    func discard() {
        draft.discard()
    }

    private func explanation(_ error: DatabaseError, in table: CopiedTable?) -> CopyError {
        switch error.resultCode {
        case .SQLITE_CONSTRAINT where table != nil:
            return .isRefused(table: table?.name ?? "", reason: error.reason)
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CORRUPT:
            return .isNotMade(.diskFailed(path: path, reason: error.reason))
        default:  // SQLite's set of codes, not ours.
            return .isNotMade(.cannotCreate(path: path, reason: error.reason))
        }
    }
}
