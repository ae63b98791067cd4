import Foundation
import Glibc
package import Payments
import Telemetry

/// What the configuration needs from the host: environment variables, the time, and files. It is a value, so that a
/// test needs none of them.
package struct HostEnvironment: Sendable {
    package struct File: Sendable {
        package let bytes: [UInt8]
        /// Whether every user of the machine may read it.
        package let isWorldReadable: Bool

        package init(bytes: [UInt8], isWorldReadable: Bool) {
            self.bytes = bytes
            self.isWorldReadable = isWorldReadable
        }
    }

    package enum Unreadable: Error, Equatable {
        case missing, forbidden, directory
        case larger(than: Int)
        case failed(errno: Int32)
    }

    package let variables: [String: String]
    /// Reads a whole file that is no larger than a limit in bytes.
    package let read: @Sendable (_ path: String, _ limit: Int) throws(Unreadable) -> File
    package let now: @Sendable () -> Timestamp
    /// What the unit passes to the daemon, if this process does not run in the unit itself.
    package let unit: InstalledUnit?
    /// Whether a folder is certainly missing.
    package let isFolderMissing: @Sendable (_ path: String) -> Bool

    package init(
        variables: [String: String],
        read: @escaping @Sendable (_ path: String, _ limit: Int) throws(Unreadable) -> File = HostEnvironment.readFile,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now,
        unit: InstalledUnit? = nil,
        isFolderMissing: @escaping @Sendable (_ path: String) -> Bool = HostEnvironment.isFolderMissing
    ) {
        self.variables = variables
        self.read = read
        self.now = now
        self.unit = unit
        self.isFolderMissing = isFolderMissing
    }
}

extension HostEnvironment.Unreadable {
    /// The explanation, phrased to follow "/path ".
    package var explanation: String {
        switch self {
        case .missing: "does not exist"
        case .forbidden: "may not be read by this user"
        case .directory: "is a directory"
        case .larger(let limit): "is larger than \(limit) bytes"
        case .failed(let errno): "cannot be read: \(String(cString: strerror(errno)))"
        }
    }

    fileprivate init(errno: Int32) {
        switch errno {
        case ENOENT, ENOTDIR: self = .missing
        case EACCES, EPERM: self = .forbidden
        case EISDIR: self = .directory
        default: self = .failed(errno: errno)
        }
    }
}

extension HostEnvironment {
    /// The name of a process on this machine, if this user may read it.
    package func command(of process: Int) -> String? {
        // The process may have ended, or belong to another namespace.
        guard let file = try? read("/proc/\(process)/comm", 4096) else { return nil }
        return String(String(decoding: file.bytes, as: UTF8.self).filter { $0 != "\n" })
    }

    /// Reads a file on this machine.
    @Sendable package static func readFile(_ path: String, _ limit: Int) throws(Unreadable) -> File {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(errno: errno) }
            guard count > 0 else { return File(bytes: bytes, isWorldReadable: isWorldReadable(path)) }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw .larger(than: limit) }
        }
    }

    /// Whether this machine has no such folder. A folder that this user may not look into counts as present.
    @Sendable package static func isFolderMissing(_ path: String) -> Bool {
        guard let folder = opendir(path) else { return [ENOENT, ENOTDIR].contains(errno) }
        closedir(folder)
        return false
    }

    private static func isWorldReadable(_ path: String) -> Bool {
        // A file that was just read but no longer has permissions is readable by nobody.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let permissions = attributes?[.posixPermissions] as? Int ?? 0
        return permissions & Int(S_IROTH) != 0
    }
}

/// The status of a file, without opening it: closing any descriptor of a database would drop SQLite's locks on it.
package struct FileStatus: Sendable, Equatable {
    /// In bytes.
    package let size: Int64
    /// The permission bits alone.
    package let mode: Int
    package let owner: String
    package let group: String
    package let inode: UInt64

    /// Follows a symbolic link.
    ///
    /// - Returns: `nil` if there is no such file, or if its status may not be read.
    package init?(of path: String) {
        let path = URL(filePath: path).resolvingSymlinksInPath().path
        // A missing and a hidden file look alike here: nothing is known about the file.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        size = attributes[.size] as? Int64 ?? 0
        mode = attributes[.posixPermissions] as? Int ?? 0
        owner = attributes[.ownerAccountName] as? String ?? "user \(attributes[.ownerAccountID] ?? "?")"
        group = attributes[.groupOwnerAccountName] as? String ?? "group \(attributes[.groupOwnerAccountID] ?? "?")"
        inode = attributes[.systemFileNumber] as? UInt64 ?? 0
    }
}
