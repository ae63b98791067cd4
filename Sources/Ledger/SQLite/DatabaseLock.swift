import Glibc

/// Limits a database to one daemon, with two advisory locks that are held as long as the process lives.
///
/// The lock on a file beside the database goes with the database's name, and holds if the database is replaced. The
/// lock on the database itself holds if the file beside it is removed, which someone may well take for a leftover.
///
/// The folder is not locked, since several databases may be in it; nor is a socket of that name used, since any user
/// could take it first.
final class DatabaseLock: Sendable {
    /// The database's path with all links resolved, as SQLite knows it: a process that opens this path while holding
    /// the lock shares the log with no one else.
    let database: String
    /// The database itself.
    let descriptor: DatabaseDescriptor
    private let beside: LockFile

    /// Takes the locks of an existing database, without waiting.
    init(besides name: String) throws(LedgerError) {
        database = Self.resolved(name)
        try Self.refuseOtherNames(of: database)
        beside = try LockFile(at: database + ".lock", of: name)
        descriptor = try DatabaseDescriptor(of: database)
        guard descriptor.takeLock() else { throw .isLocked(path: name, holder: "") }
        beside.nameHolder()
    }

    /// Gives the database up for the next process, however long this one still lives.
    func release() {
        descriptor.release()
        beside.release()
    }

    /// A file that does not exist is not behind any link.
    private static func resolved(_ name: String) -> String {
        guard let path = realpath(name, nil) else { return name }
        defer { free(path) }
        return String(cString: path)
    }

    /// A hard link cannot be told from the file, and SQLite would give each of the two names its own log.
    private static func refuseOtherNames(of database: String) throws(LedgerError) {
        var status = stat()
        guard stat(database, &status) == 0, status.st_nlink > 1 else { return }
        throw .hasOtherNames(path: database)
    }
}

/// The file beside a database whose lock goes with the database's name; it contains the id of the process that holds
/// it.
private final class LockFile: Sendable {
    private let descriptor: Int32

    /// - Parameter name: the database's path as the caller gave it.
    init(at path: String, of name: String) throws(LedgerError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw LedgerError(errno: errno, at: path)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            // All stored properties are set, so `deinit` runs: closing it here as well might close another file.
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

/// A descriptor of the database file beside SQLite's own: it locks that very file, and tells it apart from a file that
/// takes its name.
///
/// Closing any descriptor of a file drops all POSIX locks that the process has on it, SQLite's among them. So this one
/// is closed only if the process has no other descriptor open on the file, and is left open otherwise.
final class DatabaseDescriptor: Sendable {
    let number: Int32
    let identity: FileIdentity

    init(of path: String) throws(LedgerError) {
        let number = open(path, O_RDWR | O_CLOEXEC)
        guard number >= 0, let identity = FileIdentity(of: number) else { throw LedgerError(errno: errno, at: path) }
        (self.number, self.identity) = (number, identity)
    }

    deinit {
        release()
        guard identity.descriptors.allSatisfy({ $0 == number }) else { return }
        close(number)
    }

    /// Locks the file for this descriptor alone, without waiting: one byte, far behind those that SQLite locks.
    ///
    /// Unlike flock(2), this is never a lock on the whole file, so on no file system does it block SQLite; unlike a
    /// POSIX lock, it also excludes this process, and stays whatever SQLite closes.
    ///
    /// - Returns: whether no one else holds it. If the file system does not support such locks, the lock file beside
    ///   the database has to do.
    func takeLock() -> Bool {
        lock(CInt(F_WRLCK)) || errno != EAGAIN && errno != EACCES
    }

    func release() {
        lock(CInt(F_UNLCK))
    }

    @discardableResult
    private func lock(_ type: CInt) -> Bool {
        var byte = Glibc.flock()
        byte.l_type = CShort(type)
        byte.l_whence = CShort(SEEK_SET)
        byte.l_start = 1 << 62
        byte.l_len = 1
        return fcntl(number, Self.setLockOfDescriptor, &byte) == 0
    }

    /// `F_OFD_SETLK` of fcntl(2), which Glibc declares only for GNU sources.
    private static let setLockOfDescriptor: CInt = 37
}
