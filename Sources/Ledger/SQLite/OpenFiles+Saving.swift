import GRDB
import GRDBSQLite
import Glibc

/// Why committed data could not be brought back to where the next start looks for it.
struct SavingError: Error, CustomStringConvertible {
    let description: String
}

extension OpenFiles {
    /// Brings all committed data back to where the next start looks for it: a file without a name still exists,
    /// complete, as long as it is held open. Nothing may be written on that connection afterwards.
    ///
    /// Readers are not waited for: no checkpoint is made, which they could keep from finishing.
    ///
    /// - Returns: what was done, in words.
    func save(_ missing: MissingFiles, from connection: Database) throws(SavingError) -> String {
        do {
            if missing.database { return try saveDatabase(from: connection, besides: missing) }
            if missing.log { try saveLog(from: connection) }
            // An index that another process made meanwhile would describe another log to the next start. Remove it: it
            // is rebuilt from the log.
            if missing.index { unlink(path + "-shm") }
            return missing.log
                ? "what was in the log is written back to \(path)-wal, and the next start continues with it"
                : "the next start creates it again"
        } catch let error as SavingError {
            throw error
        } catch let error as DatabaseError {
            throw SavingError(description: error.reason)
        } catch {
            throw SavingError(description: "\(error)")
        }
    }

    /// Copies the database, as of the last commit: to its own path if that is free, otherwise beside it.
    private func saveDatabase(from connection: Database, besides missing: MissingFiles) throws -> String {
        let size = try Int64.fetchOne(
            connection,
            sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        )
        if let size, let disk = FreeSpace(besides: path), disk.bytes < size + 16 << 20 {
            throw SavingError(description: "there is no room for a copy of \(size >> 20) MiB beside \(path)")
        }
        let target = TemporaryBackup.isTaken(path) ? freeName("saved") : path
        let draft = try TemporaryBackup(of: target)
        do {
            let copy = try DatabaseQueue(path: draft.path)
            try copy.writeWithoutTransaction { copy in
                try connection.backup(to: copy)
                // A copy that is to be examined later is a single file.
                if target != path { try copy.execute(sql: "PRAGMA journal_mode = DELETE") }
            }
            try copy.close()
            if target == path, missing.log { setLogAside() }
            try draft.publish(as: target, like: "/proc/self/fd/\(database.number)")
        } catch {
            draft.discard()
            throw error
        }
        // The copy includes what is in the log: whatever lies beside the database's name must not be read with it.
        if !missing.log { unlink(path + "-wal") }
        if !missing.index { unlink(path + "-shm") }
        return target == path
            ? "all that was recorded is written back to \(path), and the next start continues with it"
            : "all that was recorded is in \(target), and the next start opens what is at \(path) now"
    }

    /// Writes the log, byte for byte, to a file that takes its name.
    private func saveLog(from connection: Database) throws {
        var log: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(connection.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log)
        guard let log, let methods = log.pointee.pMethods else {
            throw SavingError(description: "SQLite does not show its log")
        }
        let draft = path + "-wal.draft"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SavingError(errno: errno, at: draft) }
        defer { close(descriptor) }
        do {
            try copy(log, methods.pointee, to: descriptor, at: draft)
            var status = stat()
            fstat(database.number, &status)
            _ = fchown(descriptor, uid_t.max, status.st_gid)
            fchmod(descriptor, status.st_mode & 0o777)
            guard fsync(descriptor) == 0 else { throw SavingError(errno: errno, at: draft) }
            setLogAside()
            guard rename(draft, path + "-wal") == 0 else { throw SavingError(errno: errno, at: path + "-wal") }
        } catch {
            unlink(draft)
            throw error
        }
        try syncFolder()
        // A process that goes on reading the log without a name would eventually find old pages in it; so it finds an
        // empty one, and opens the database again.
        if isGone(self.log) { _ = methods.pointee.xTruncate?(log, 0) }
    }

    private func copy(
        _ log: UnsafeMutablePointer<sqlite3_file>,
        _ methods: sqlite3_io_methods,
        to descriptor: Int32,
        at draft: String
    ) throws(SavingError) {
        var size: sqlite3_int64 = 0
        var code = methods.xFileSize?(log, &size) ?? SQLITE_ERROR
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var position: sqlite3_int64 = 0
        while code == SQLITE_OK, position < size {
            let count = Int(min(sqlite3_int64(piece.count), size - position))
            code = methods.xRead?(log, &piece, CInt(count), position) ?? SQLITE_ERROR
            guard code == SQLITE_OK else { break }
            let written = write(descriptor, piece, count)
            guard written > 0 else { throw SavingError(errno: errno, at: draft) }
            position += sqlite3_int64(written)
        }
        guard code == SQLITE_OK else { throw SavingError(description: "the log cannot be read (\(code))") }
    }

    /// Whether no name leads to a file any more.
    private func isGone(_ file: FileIdentity) -> Bool {
        var status = stat()
        return file.descriptors.first.map { fstat($0, &status) == 0 && status.st_nlink == 0 } ?? false
    }

    /// Moves a foreign log away: beside our database it would be taken for ours.
    private func setLogAside() {
        var status = stat()
        guard stat(path + "-wal", &status) == 0, status.st_size > 0, FileIdentity(at: path + "-wal") != log else {
            return
        }
        rename(path + "-wal", freeName("other-wal"))
    }

    private func freeName(_ suffix: String) -> String {
        let name = "\(path).\(suffix)"
        var number = 1
        while TemporaryBackup.isTaken(number == 1 ? name : "\(name)-\(number)") { number += 1 }
        return number == 1 ? name : "\(name)-\(number)"
    }

    private func syncFolder() throws(SavingError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SavingError(errno: errno, at: folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SavingError(errno: errno, at: folder) }
    }
}

extension SavingError {
    fileprivate init(errno: CInt, at path: String) {
        description = "\(path): \(String(cString: strerror(errno)))"
    }
}
