import GRDB
import GRDBSQLite
import Glibc

/// Why nothing can be written, whatever it is, so that trying other items would only repeat the failure.
enum Setback {
    /// Nobody knows what is on the disk, and a damaged file must not be written on: the process ends, and the next start
    /// recovers what was committed. After a failed fsync above all: the kernel has dropped the pages that it could not write,
    /// and a second fsync would succeed without them.
    case fatal(reason: String)
    case obstacle(Obstacle, reason: String)

    /// - Returns: `nil` if the error is only about what was to be written.
    init?(_ error: DatabaseError, in database: Database) {
        self.init(error, errno: sqlite3_system_errno(database.sqliteConnection))
    }

    init?(_ error: DatabaseError, errno: CInt) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .obstacle(.diskIsFull, reason: error.reason)
        case .SQLITE_READONLY: self = .obstacle(.diskIsReadOnly, reason: error.reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .obstacle(.isLocked, reason: error.reason)
        case .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_PERM:
            self = .obstacle(.isUnwritable(reason: error.reason), reason: error.reason)
        case .SQLITE_IOERR:
            let reason = errno == 0 ? error.reason : "\(error.reason), \(String(cString: strerror(errno)))"
            guard error.isOfWriting, let obstacle = Obstacle(errno: errno) else {
                self = .fatal(reason: reason)
                return
            }
            self = .obstacle(obstacle, reason: reason)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .fatal(reason: error.reason)
        default: return nil  // SQLite's set of codes, not ours.
        }
    }

    var reason: String {
        switch self {
        case .fatal(let reason), .obstacle(_, let reason): reason
        }
    }
}

extension Obstacle {
    /// What SQLite calls an I/O error where a write was refused, not lost: a quota, a file system that has become read-only,
    /// or no room for the index of the log.
    fileprivate init?(errno: CInt) {
        switch errno {
        case ENOSPC, EDQUOT: self = .diskIsFull
        case EROFS: self = .diskIsReadOnly
        default: return nil  // The system's set of codes, not ours.
        }
    }
}

extension DatabaseError {
    /// Whether it was a write that failed, and not the fsync after it.
    fileprivate var isOfWriting: Bool {
        switch extendedResultCode {
        case .SQLITE_IOERR_WRITE, .SQLITE_IOERR_TRUNCATE, .SQLITE_IOERR_SHMSIZE: true
        default: false
        }
    }

    /// What SQLite says, without the statement or its arguments.
    var reason: String { "\(extendedResultCode.rawValue): \(message ?? "no message")" }
}
