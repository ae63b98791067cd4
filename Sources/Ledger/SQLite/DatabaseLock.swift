import Glibc

/// One daemon a database: two advisory locks, held as long as the process lives. The one on a file beside it goes with the
/// database's name, and holds where the database was replaced; the one on the database itself holds where the file beside it was
/// removed, which somebody may well take for a leftover.
///
/// Not on their folder, where several databases may be; and not a socket of that name, which any user could take first.
final class DatabaseLock: Sendable {
    /// The database by the name that SQLite knows it by, whatever links lead to it: whoever opens it there, with the lock held,
    /// shares its log with nobody else.
    let database: String
    /// The database itself.
    let descriptor: DatabaseDescriptor
    private let beside: LockFile

    /// Takes the locks of a database that is there, without waiting.
    init(besides name: String) throws(LedgerError) {
        database = Self.resolved(name)
        try Self.refuseOtherNames(of: database)
        beside = try LockFile(at: database + ".lock", of: name)
        descriptor = try DatabaseDescriptor(of: database)
        guard descriptor.takeLock() else { throw .isLocked(path: name, holder: "") }
        beside.nameHolder()
    }

    /// Gives the database to whoever comes next, however long this process still lives.
    func release() {
        descriptor.release()
        beside.release()
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
}

/// The file beside a database whose lock goes with the database's name; it says who holds it.
private final class LockFile: Sendable {
    private let descriptor: Int32

    /// - Parameter name: the database's, as it was asked for.
    init(at path: String, of name: String) throws(LedgerError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw LedgerError(errno: errno, at: path)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            // All that is stored is there, so `deinit` runs: to close it here too would be to close somebody else's file.
            throw .isLocked(path: name, holder: Self.holder(in: descriptor))
        }
    }

    deinit {
        close(descriptor)
    }

    func release() {
        flock(descriptor, LOCK_UN)
    }

    func nameHolder() {
        let process = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, process, process.count, 0)
    }

    private static func holder(in descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        let digits = String(decoding: text.prefix(max(0, count)), as: UTF8.self).prefix { $0.isNumber }
        return digits.isEmpty ? "" : " (process \(digits))"
    }
}
