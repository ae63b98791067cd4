import Glibc

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
