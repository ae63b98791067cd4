import Glibc

/// One daemon a database: an advisory lock on a file beside it, held as long as the process lives.
///
/// The database file itself is not used for it: closing any descriptor of it would drop SQLite's own locks.
final class DatabaseLock: Sendable {
    /// The database by the name that SQLite knows it by, whatever links lead to it: whoever opens it there, with the lock held,
    /// shares its log with nobody else.
    let database: String
    private let descriptor: Int32

    /// Takes the lock without waiting.
    init(besides name: String) throws(LedgerError) {
        database = Self.resolved(name)
        try Self.refuseOtherNames(of: database)
        let path = database + ".lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw LedgerError(errno: errno, at: path)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            // All that is stored is there, so `deinit` runs: to close it here too would be to close somebody else's file.
            throw .isLocked(path: name, holder: Self.holder(in: descriptor))
        }
        let process = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, process, process.count, 0)
    }

    deinit {
        close(descriptor)
    }

    /// A file that is not there is at the end of no link.
    private static func resolved(_ name: String) -> String {
        guard let path = realpath(name, nil) else { return name }
        defer { free(path) }
        return String(cString: path)
    }

    /// A hard link cannot be told from the file, and SQLite would give each of the two names a log of its own.
    private static func refuseOtherNames(of database: String) throws(LedgerError) {
        var status = stat()
        guard stat(database, &status) == 0, status.st_nlink > 1 else { return }
        throw .hasOtherNames(path: database)
    }

    private static func holder(in descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        let digits = String(decoding: text.prefix(max(0, count)), as: UTF8.self).prefix { $0.isNumber }
        return digits.isEmpty ? "" : " (process \(digits))"
    }
}
