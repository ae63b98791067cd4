import Glibc

/// The files of a database that this process holds, by what they are. A file that is removed, moved or replaced is written on as
/// if nothing had happened, and with the process goes all that nobody finds under its name.
struct OpenFiles: Sendable {
    let path: String
    let database: DatabaseDescriptor
    let log: FileIdentity
    /// The index of the log.
    let index: FileIdentity

    /// - Parameter database: which SQLite has opened and read since, so that all its files are there.
    init(of database: DatabaseDescriptor, at path: String) throws(LedgerError) {
        self.path = path
        self.database = database
        guard let log = FileIdentity(at: path + "-wal"), let index = FileIdentity(at: path + "-shm"),
            FileIdentity(at: path) == database.identity
        else { throw .cannotOpen(path: path, reason: "it was moved, removed or replaced meanwhile") }
        (self.log, self.index) = (log, index)
    }

    /// Which of them are not to be found under their names any more; `nil` if all are. It takes some microseconds, so each batch
    /// can afford it.
    var missing: MissingFiles? {
        let missing = MissingFiles(
            path: path,
            database: FileIdentity(at: path) != database.identity,
            log: FileIdentity(at: path + "-wal") != log,
            index: FileIdentity(at: path + "-shm") != index
        )
        return missing.database || missing.log || missing.index ? missing : nil
    }
}

/// Files of a database that were moved, removed or replaced while they were held.
package struct MissingFiles: Sendable, Equatable, CustomStringConvertible {
    let path: String
    package let database: Bool
    /// The write-ahead log.
    package let log: Bool
    /// The index of the log.
    package let index: Bool

    package var description: String {
        let names = [database ? path : nil, log ? path + "-wal" : nil, index ? path + "-shm" : nil].compactMap { $0 }
        return names.joined(separator: " and ")
            + (names.count == 1 ? " was" : " were") + " moved, removed or replaced while the daemon held "
            + (names.count == 1 ? "it" : "them")
    }
}
