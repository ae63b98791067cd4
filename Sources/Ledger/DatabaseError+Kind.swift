import GRDB

extension DatabaseError {
    /// After a failed fsync nobody knows what is on the disk, and a damaged file must not be written on: the process ends, and
    /// the next start recovers what was committed.
    var isFatal: Bool {
        switch resultCode {
        case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB: true
        default: false
        }
    }

    /// Whether the trouble is the disk's or another process's, so that trying the items one by one would only repeat it.
    var isOfTheDisk: Bool {
        switch resultCode {
        case .SQLITE_FULL, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_NOMEM,
            .SQLITE_PERM:
            true
        default: false
        }
    }

    /// What SQLite says, without the statement or its arguments.
    var reason: String { "\(extendedResultCode.rawValue): \(message ?? "no message")" }
}
