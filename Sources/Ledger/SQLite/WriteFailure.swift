import GRDB
import GRDBSQLite
import Glibc

/// Why nothing at all can be written, so that trying other items would only repeat the failure.
enum WriteFailure {
    /// The state of the disk is unknown, and a damaged file must not be written any more: the process ends, and the
    /// next start recovers what was committed. Above all after a failed fsync: the kernel has dropped the pages that it
    /// could not write, and a second fsync would succeed without them.
    case fatal(reason: String)
    case unavailableReason(UnavailableReason, reason: String)

    /// - Parameter database: where the error comes from; `nil` if it was never opened.
    /// - Returns: `nil` if the error concerns only the data that was to be written.
    init?(_ error: DatabaseError, in database: Database?) {
        let reason = error.reason
        switch error.resultCode {
        case .SQLITE_FULL: self = .unavailableReason(.diskIsFull, reason: reason)
        case .SQLITE_READONLY: self = .unavailableReason(.diskIsReadOnly, reason: reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .unavailableReason(.isLocked, reason: reason)
        case .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_PERM:
            self = .unavailableReason(.isUnwritable(reason: reason), reason: reason)
        case .SQLITE_IOERR:
            switch error.extendedResultCode {
            case .SQLITE_IOERR_WRITE, .SQLITE_IOERR_TRUNCATE: self = WriteFailure(ofWriting: reason, in: database)
            // The index of the log, which need not survive, found no space.
            case .SQLITE_IOERR_SHMSIZE: self = .unavailableReason(.isUnwritable(reason: reason), reason: reason)
            default: self = .fatal(reason: reason)  // SQLite's set of codes, not ours.
            }
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .fatal(reason: reason)
        default: return nil  // SQLite's set of codes, not ours.
        }
    }

    /// SQLite knows only one way in which a write is refused rather than lost: the full disk. A quota and a file system
    /// that has become read-only are others.
    private init(ofWriting reason: String, in database: Database?) {
        let errors = database?.errnos ?? []
        let reason = ([reason] + errors.map { String(cString: strerror($0)) }).joined(separator: ", ")
        switch errors.first {
        case ENOSPC, EDQUOT: self = .unavailableReason(.diskIsFull, reason: reason)
        case EROFS: self = .unavailableReason(.diskIsReadOnly, reason: reason)
        default: self = .fatal(reason: reason)  // The system's set of codes, not ours.
        }
        // An older error may hide a new one behind it: then the cause is unknown.
        if !errors.allSatisfy([ENOSPC, EDQUOT, EROFS].contains) { self = .fatal(reason: reason) }
    }

    var reason: String {
        switch self {
        case .fatal(let reason), .unavailableReason(_, let reason): reason
        }
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
