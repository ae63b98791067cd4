import GRDB
import GRDBSQLite

/// Keeps checkpoints from copying more of the write-ahead log than is wanted.
///
/// It occupies one of the readers' marks and holds it as a reader would whose view ends at the limit. So one long
/// checkpoint becomes many short ones, on the one connection that makes them.
///
/// The marks and their locks are part of SQLite's format, on which all versions agree
/// (https://sqlite.org/walformat.html, section 2.3): a checkpoint never goes beyond the lowest mark that is locked, and
/// a mark that is lower than necessary is merely cautious. Nothing is read through the mark, and it is released after
/// each checkpoint.
///
/// It is unchecked because the compiler does not know that it is used only on the serial queue of the writing
/// connection.
final class CheckpointLimit: @unchecked Sendable {
    /// A separate connection, which never reads: the locks of a connection do not keep out that connection itself.
    private let connection: OpaquePointer?
    private let file: UnsafeMutablePointer<sqlite3_file>
    private let methods: sqlite3_io_methods
    /// The beginning of the log's index, in words.
    private let words: UnsafeMutablePointer<UInt32>

    private static let firstLock: CInt = 3
    private static let places = 1...4
    private static let firstMark = 25

    init(at path: String) throws {
        var connection: OpaquePointer?
        var file: UnsafeMutablePointer<sqlite3_file>?
        var memory: UnsafeMutableRawPointer?
        var code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, nil)
        if code == SQLITE_OK {
            code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        }
        if code == SQLITE_OK {
            code = file?.pointee.pMethods?.pointee.xShmMap?(file, 0, 32_768, 0, &memory) ?? SQLITE_ERROR
        }
        guard code == SQLITE_OK, let file, let methods = file.pointee.pMethods?.pointee, let memory else {
            sqlite3_close(connection)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code),
                message: "the index of the log cannot be mapped"
            )
        }
        (self.connection, self.file, self.methods) = (connection, file, methods)
        words = memory.assumingMemoryBound(to: UInt32.self)
    }

    deinit {
        _ = methods.xShmUnmap?(file, 0)
        sqlite3_close(connection)
    }

    /// How far the log has got; `nil` while its index cannot be read.
    var index: WALIndex? {
        WALIndex([UInt8](UnsafeRawBufferPointer(start: words, count: WALIndex.size)))
    }

    /// Runs a checkpoint that copies no page of the log beyond this one. If readers have taken all marks, theirs are
    /// the only limits.
    func hold<Output>(_ page: Int, during checkpoint: () throws -> Output) rethrows -> Output {
        let place = take(UInt32(page))
        defer { if let place { release(place) } }
        return try checkpoint()
    }

    /// Takes a mark as readers do. The last is tried first, since readers begin with the first.
    private func take(_ page: UInt32) -> Int? {
        for place in Self.places.reversed() {
            guard lock(place, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE) else { continue }
            words[Self.firstMark + place] = page
            methods.xShmBarrier?(file)
            _ = lock(place, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE)
            guard lock(place, SQLITE_SHM_LOCK | SQLITE_SHM_SHARED) else { continue }
            // A reader may have come in between and taken the mark for its own view.
            if words[Self.firstMark + place] == page { return place }
            release(place)
        }
        return nil
    }

    private func release(_ place: Int) {
        _ = lock(place, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED)
    }

    private func lock(_ place: Int, _ flags: CInt) -> Bool {
        methods.xShmLock?(file, Self.firstLock + CInt(place), 1, flags) == SQLITE_OK
    }
}
