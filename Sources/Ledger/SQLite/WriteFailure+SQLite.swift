import GRDB
import GRDBSQLite
import Glibc

extension WriteFailure {
    /// - Parameter database: where the error comes from; `nil` if it was never opened.
    init(_ error: DatabaseError, in database: Database?) {
        let reason = error.reason
        switch error.resultCode {
        case .SQLITE_FULL: self = .unavailable(.diskIsFull, reason: reason)
        case .SQLITE_READONLY: self = .unavailable(.diskIsReadOnly, reason: reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .unavailable(.isLocked, reason: reason)
        case .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_PERM:
            self = .unavailable(.isUnwritable(reason: reason), reason: reason)
        case .SQLITE_IOERR:
            switch error.extendedResultCode {
            case .SQLITE_IOERR_WRITE, .SQLITE_IOERR_TRUNCATE: self = WriteFailure(ofWriting: reason, in: database)
            // The index of the log, which need not survive, found no space.
            case .SQLITE_IOERR_SHMSIZE: self = .unavailable(.isUnwritable(reason: reason), reason: reason)
            default: self = .fatal(reason: reason)  // SQLite's set of codes, not ours.
            }
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .fatal(reason: reason)
        default: self = .refused(reason: reason)  // SQLite's set of codes, not ours.
        }
    }

    /// SQLite knows only one way in which a write is refused rather than lost: the full disk. A quota and a file system
    /// that has become read-only are others.
    private init(ofWriting reason: String, in database: Database?) {
        let errors = database?.errnos ?? []
        let reason = ([reason] + errors.map { String(cString: strerror($0)) }).joined(separator: ", ")
        switch errors.first {
        case ENOSPC, EDQUOT: self = .unavailable(.diskIsFull, reason: reason)
        case EROFS: self = .unavailable(.diskIsReadOnly, reason: reason)
        default: self = .fatal(reason: reason)  // The system's set of codes, not ours.
        }
        // An older error may hide a new one behind it: then the cause is unknown.
        if !errors.allSatisfy([ENOSPC, EDQUOT, EROFS].contains) { self = .fatal(reason: reason) }
    }
}

extension Database {
    /// The operating system's last errors on the log and on the database file, as far as there were any.
    ///
    /// `sqlite3_system_errno` does not report that of a COMMIT.
    var errnos: [CInt] {
        var log: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log)
        var ofLog: CInt = 0
        _ = log?.pointee.pMethods?.pointee.xFileControl?(log, SQLITE_FCNTL_LAST_ERRNO, &ofLog)
        var ofDatabase: CInt = 0
        sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_LAST_ERRNO, &ofDatabase)
        return [ofLog, ofDatabase].filter { $0 != 0 }
    }
}

extension DatabaseError {
    /// SQLite's message, without the statement or its arguments.
    var reason: String { "\(extendedResultCode.rawValue): \(message ?? "no message")" }
}

extension LedgerError {
    /// Why a ledger in a file could not be opened.
    init(_ error: any Error, at path: String) {
        switch error {
        case let error as LedgerError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB: self = .isForeign(path: path)
        case let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT:
            self = .isDamaged(path: path, reason: error.reason)
        case let error as DatabaseError: self.init(WriteFailure(error, in: nil), error, at: path)
        case let error as WriteFailure: self.init(error, error.reason, at: path)
        default: self = .cannotOpen(path: path, reason: "\(error)")  // Errors are an open set.
        }
    }

    private init(_ failure: WriteFailure, _ error: some CustomStringConvertible, at path: String) {
        switch failure {
        case .fatal(let reason), .unavailable(.diskIsFull, let reason), .unavailable(.diskIsReadOnly, let reason):
            self = .cannotWrite(path: path, reason: reason)
        case .unavailable, .refused: self = .cannotOpen(path: path, reason: "\(error)")
        }
    }
}
