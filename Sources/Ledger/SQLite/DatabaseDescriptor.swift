import Glibc

/// A descriptor of the database file beside SQLite's own: it locks the very file, and tells it from what takes its name.
///
/// To close any descriptor of a file is to drop the POSIX locks that the process has on it, and SQLite's are such. So this one
/// is closed only where no other of the process is open on the file, and is left open else.
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

    /// Locks the file for this descriptor alone, without waiting: one byte, far behind those that SQLite locks. Unlike flock(2)
    /// that is no lock on the whole file anywhere, on no file system in SQLite's way, and unlike a POSIX lock it is held against
    /// this process too, and stays whatever SQLite closes.
    ///
    /// - Returns: whether nobody else holds it. Where the file system cannot tell, the file beside the database has to do.
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

    /// `F_OFD_SETLK` of fcntl(2), which Glibc shows to GNU sources alone.
    private static let setLockOfDescriptor: CInt = 37
}
