import Glibc

/// Why the ledger cannot be opened; each description says what to do.
package enum LedgerError: Error, Equatable, CustomStringConvertible {
    case isLocked(path: String, holder: String)
    case isForeign(path: String)
    case isNewer(path: String, version: Int, known: Int)
    case isUnreleased(path: String)
    case otherGateway(GatewayMismatch)
    case hasOtherNames(path: String)
    case cannotOpen(path: String, reason: String)
    case isDamaged(path: String, reason: String)
    /// The disk is full or read-only, or it failed.
    case cannotWrite(path: String, reason: String)
    /// The server does not answer, or not as it has to.
    case isUnreachable(path: String, reason: String)
    /// The server may lose what it has committed.
    case isUnsafe(path: String)
    case libraryIsMissing(reason: String)

    package var description: String {
        switch self {
        case .isLocked(let path, let holder):
            "another paystate daemon\(holder) holds \(path); stop it first, or give this one a database of its own"
        case .isForeign(let path):
            """
            \(path) is not a database of Paystate; name another one (`database` in the configuration); nothing was \
            changed
            """
        case .isNewer(let path, let version, let known):
            "\(path) has schema version \(version), this paystate knows up to \(known); install the newer paystate"
        case .isUnreleased(let path):
            """
            \(path) was made by a build of Paystate that was never released, and is no longer supported; keep it, and \
            set another file under `database`
            """
        case .otherGateway(let error):
            error.description
        case .hasOtherNames(let path):
            """
            \(path) has other names (hard links), and a program that wrote it by one of those would damage it; remove them: \
            find / -xdev -samefile \(path) lists them all. A second name is no backup: paystate backup makes one
            """
        case .cannotOpen(let path, let reason):
            "cannot open \(path): \(reason)"
        case .isDamaged(let path, let reason):
            """
            \(path) is damaged (\(reason)): move it and its -wal and -shm away, keep them, and put the last backup in its \
            place; the gateways are polled about what is missing since
            """
        case .cannotWrite(let path, let reason):
            """
            cannot write \(path) (\(reason)): check that its disk has room and is not mounted read-only, that this \
            user may write the file and its folder, and what the kernel says about the disk (dmesg)
            """
        case .isUnreachable(let path, let reason):
            "cannot reach \(path): \(reason). Does the server run, and does its pg_hba.conf let this user in?"
        case .isUnsafe(let path):
            """
            \(path) is on a server with fsync = off, which may lose what it has committed: set fsync = on in its \
            postgresql.conf
            """
        case .libraryIsMissing(let reason):
            "PostgreSQL's client library is missing (\(reason)): apt install libpq5"
        }
    }
}

extension LedgerError {
    /// Why a file could not be created or opened.
    init(errno: CInt, at path: String, hint: String = "") {
        let reason = String(cString: strerror(errno)) + hint
        switch errno {
        case ENOSPC, EDQUOT, EROFS, EIO: self = .cannotWrite(path: path, reason: reason)
        default: self = .cannotOpen(path: path, reason: reason)  // The system's set of codes, not ours.
        }
    }
}

/// Why something was not recorded. The sender has to try again: nothing was acknowledged.
package enum RecordingError: Error, Equatable {
    case queueIsFull
    case isClosed
    /// The disk is full, or the database cannot be written for now.
    case isUnwritable(reason: String)
    /// This item could not be written, though others could.
    case isRefused(reason: String)
}

extension RecordingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .queueIsFull: "too many callbacks wait to be recorded"
        case .isClosed: "the daemon is stopping"
        case .isUnwritable(let reason): "the database cannot be written (\(reason))"
        case .isRefused(let reason): "the database refused it (\(reason))"
        }
    }
}
