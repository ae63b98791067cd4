import Glibc

extension Ledger {
    /// Removes a ledger whole, if nobody holds it: for databases that are made to be thrown away.
    package static func discard(at name: String) throws(LedgerError) {
        try Connection.createFile(at: name)  // To lock it where there is none.
        let lock = try DatabaseLock(besides: name)
        let path = lock.database
        defer { withExtendedLifetime(lock) {} }
        for file in [path, path + "-wal", path + "-shm"] {
            guard unlink(file) == 0 || errno == ENOENT else {
                throw .cannotOpen(path: file, reason: String(cString: strerror(errno)))
            }
        }
    }
}
