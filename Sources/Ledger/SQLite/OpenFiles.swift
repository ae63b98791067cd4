import Foundation
import Glibc

/// The identities of the database files that this process holds open. Writes to a file that was removed, moved or
/// replaced go on as if nothing had happened, and are lost with the process, since no name leads to them.
struct OpenFiles: Sendable {
    let path: String
    let database: DatabaseDescriptor
    let log: FileIdentity
    /// The log's index.
    let index: FileIdentity

    /// - Parameter database: the database, which SQLite must have opened and read, so that all its files exist.
    init(of database: DatabaseDescriptor, at path: String) throws(LedgerError) {
        self.path = path
        self.database = database
        guard let log = FileIdentity(at: path + "-wal"), let index = FileIdentity(at: path + "-shm"),
            FileIdentity(at: path) == database.identity
        else { throw .cannotOpen(path: path, reason: "it was moved, removed or replaced in the meantime") }
        (self.log, self.index) = (log, index)
    }

    /// Which of them are no longer found under their names; `nil` if all are. It takes some microseconds, so each batch
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

/// Files of a database that were moved, removed or replaced while they were held open.
package struct MissingFiles: Sendable, Equatable, CustomStringConvertible {
    let path: String
    package let database: Bool
    /// The write-ahead log.
    package let log: Bool
    /// The log's index.
    package let index: Bool

    package var description: String {
        let names = [database ? path : nil, log ? path + "-wal" : nil, index ? path + "-shm" : nil].compactMap { $0 }
        return names.joined(separator: " and ")
            + (names.count == 1 ? " was" : " were") + " moved, removed or replaced while the daemon held "
            + (names.count == 1 ? "it" : "them")
    }
}

/// What another program has done to the files; only the writer may change them.
package enum ExternalWrite: Sendable, Equatable {
    /// Another program has committed something.
    case foreignCommit
    /// Files of the database were moved, removed or replaced: what is recorded goes where no one will look for it.
    case filesAreGone(MissingFiles)
}

/// The identity of a file, whatever names lead to it.
struct FileIdentity: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64

    /// The file that a name leads to now; `nil` if there is none.
    init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init?(of descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// The descriptors of this process, including SQLite's, that are open on the file. None of them may be closed here.
    var descriptors: [Int32] {
        // Without /proc, none is known.
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return numbers.compactMap { Int32($0) }.filter { FileIdentity(of: $0) == self }
    }
}
