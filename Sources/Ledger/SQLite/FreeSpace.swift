import Glibc
import Payments

/// How much room the file system of a database has.
package struct FreeSpace: Sendable, Equatable {
    /// What this process may still use, in bytes.
    package let bytes: Int64
    /// What the whole file system holds, in bytes.
    package let total: Int64
    package let isReadOnly: Bool

    package init(bytes: Int64, total: Int64, isReadOnly: Bool) {
        self.bytes = bytes
        self.total = total
        self.isReadOnly = isReadOnly
    }

    /// Asks the file system that holds a file or, where there is no such file yet, its folder.
    ///
    /// - Returns: `nil` where neither is there, or the file system does not tell.
    package init?(besides path: String) {
        var system = statvfs()
        guard statvfs(path, &system) == 0 || statvfs(Self.folder(of: path), &system) == 0, system.f_blocks > 0 else {
            return nil
        }
        // Some blocks are often kept back for root.
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
