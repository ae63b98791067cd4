import Glibc

/// One daemon a database: an advisory lock on a file beside it, held as long as the process lives.
///
/// The database file itself is not used for it: closing any descriptor of it would drop SQLite's own locks.
final class DatabaseLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock without waiting.
    init(besides database: String) throws(LedgerError) {
        let path = database + ".lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw LedgerError(errno: errno, at: path)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(in: descriptor)
            close(descriptor)
            throw .isLocked(path: database, holder: holder)
        }
        let process = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, process, process.count, 0)
    }

    deinit {
        close(descriptor)
    }

    private static func holder(in descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        let digits = String(decoding: text.prefix(max(0, count)), as: UTF8.self).prefix { $0.isNumber }
        return digits.isEmpty ? "" : " (process \(digits))"
    }
}
