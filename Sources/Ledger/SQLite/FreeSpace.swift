import Glibc
import Payments

/// How much space the file system of a database has.
package struct FreeSpace: Sendable, Equatable {
    /// What this process may still use, in bytes.
    package let bytes: Int64
    /// The size of the whole file system, in bytes.
    package let total: Int64
    package let isReadOnly: Bool

    package init(bytes: Int64, total: Int64, isReadOnly: Bool) {
        self.bytes = bytes
        self.total = total
        self.isReadOnly = isReadOnly
    }

    /// Queries the file system of a file or, if it does not exist yet, of its folder.
    ///
    /// - Returns: `nil` if neither exists, or the file system does not report its size.
    package init?(besides path: String) {
        var system = statvfs()
        guard statvfs(path, &system) == 0 || statvfs(Self.folder(of: path), &system) == 0, system.f_blocks > 0 else {
            return nil
        }
        // Some blocks are often reserved for root.
        let blocks = geteuid() == 0 ? system.f_bfree : system.f_bavail
        bytes = Int64(clamping: blocks.multipliedSaturated(by: system.f_frsize))
        total = Int64(clamping: system.f_blocks.multipliedSaturated(by: system.f_frsize))
        isReadOnly = system.f_flag & UInt(ST_RDONLY) != 0
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

extension DiskUse {
    /// How much must be free before such work begins, in bytes. On a small file system the reserve is a sixteenth, so
    /// that the same program can run there too.
    func need(on disk: FreeSpace) -> Int64 {
        let reserve = min(64 << 20, disk.total / 16)
        return switch self {
        case .callbacks: reserve / 16
        case .polling: reserve
        }
    }
}
