import Foundation
import Glibc

/// A backup in progress: a file beside the backup's final path, under a name that says what it is, until it is
/// complete.
///
/// Its creator holds a lock on it. An unlocked draft is left from a backup that was killed, and the next backup in the
/// same folder removes it.
final class TemporaryBackup: Sendable {
    private static let suffix = ".paystate-draft"

    let path: String
    private let folder: String
    private let descriptor: Int32

    init(of target: String) throws(BackupError) {
        let url = URL(filePath: target)
        folder = url.deletingLastPathComponent().path(percentEncoded: false)
        Self.removeLeftovers(in: folder)
        (path, descriptor) = try Self.create(in: folder, for: target, named: url.lastPathComponent)
    }

    deinit {
        close(descriptor)
    }

    /// Whether anything has the name, including a link that leads nowhere.
    static func isTaken(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The size in bytes.
    func size() throws(BackupError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw BackupError(errno: errno, path: path) }
        return Int64(status.st_size)
    }

    /// Gives the draft its final name once it is on the disk, readable by the same users as the database. Never
    /// overwrites.
    func publish(as target: String, like database: String) throws(BackupError) {
        var status = stat()
        guard stat(database, &status) == 0 else { throw BackupError(errno: errno, path: database) }
        // A user outside the group cannot give the file to it: it then stays with the user's own group.
        _ = fchown(descriptor, uid_t.max, status.st_gid)
        try publish(as: target, mode: status.st_mode & 0o777)
    }

    /// The same for a copy of what is no file.
    func publish(as target: String, mode: mode_t) throws(BackupError) {
        fchmod(descriptor, mode)
        guard fsync(descriptor) == 0 else { throw BackupError(errno: errno, path: target) }
        guard Self.isOf(descriptor, path) else {
            throw .cannotCreate(path: target, reason: "its draft \(path) was removed or replaced in the meantime")
        }
        guard link(path, target) == 0 || errno != EEXIST && claim(target) && rename(path, target) == 0 else {
            throw errno == EEXIST ? .exists(path: target) : BackupError(errno: errno, path: target)
        }
        unlink(path)
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw BackupError(errno: errno, path: target) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw BackupError(errno: errno, path: target) }
    }

    func discard() {
        Self.remove(path)
    }

    /// Until the draft is locked, another backup may take it for a leftover: then a new one is created.
    private static func create(
        in folder: String,
        for target: String,
        named name: String
    ) throws(BackupError) -> (path: String, descriptor: Int32) {
        for _ in 0..<8 {
            var template = Array("\(folder)/.\(name).XXXXXX\(suffix)".utf8CString)
            let descriptor = mkstemps(&template, CInt(suffix.utf8.count))
            guard descriptor >= 0 else { throw BackupError(errno: errno, path: target) }
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // On a file system without locks no one can take one, and no leftover is ever removed.
            let isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            if isHeld, isOf(descriptor, path) { return (path, descriptor) }
            close(descriptor)
        }
        throw .cannotCreate(path: target, reason: "other backups keep removing its draft")
    }

    /// Whether the path still names the file that is open.
    private static func isOf(_ descriptor: Int32, _ path: String) -> Bool {
        var (open, named) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && lstat(path, &named) == 0
            && open.st_dev == named.st_dev && open.st_ino == named.st_ino
    }

    /// Removes a draft, with the journal that SQLite keeps beside it while it writes.
    private static func remove(_ path: String) {
        unlink(path + "-journal")
        unlink(path)
    }

    /// Claims the name with an empty file, over which the draft is then moved: not every file system supports links.
    private func claim(_ target: String) -> Bool {
        let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    private static func removeLeftovers(in folder: String) {
        // If the folder cannot be read, nothing in it can be removed either.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasSuffix(suffix) {
            // Opening a pipe without O_NONBLOCK would wait for its writer.
            let descriptor = open("\(folder)/\(name)", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { remove("\(folder)/\(name)") }
        }
    }
}

extension BackupError {
    fileprivate init(errno: CInt, path: String) {
        let reason = String(cString: strerror(errno))
        switch errno {
        case ENOSPC, EDQUOT, EIO: self = .diskFailed(path: path, reason: reason)
        default: self = .cannotCreate(path: path, reason: reason)  // The system's set of codes, not ours.
        }
    }
}
