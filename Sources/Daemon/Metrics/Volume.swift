import Glibc

/// The file system that a path lies on.
package struct Volume: Sendable, Equatable {
    /// In bytes.
    package let size: Int64
    /// What this user may still write, in bytes.
    package let free: Int64

    package init(size: Int64, free: Int64) {
        self.size = size
        self.free = free
    }

    /// `nil` where there is no such path, or it may not be looked at.
    package init?(of path: String) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        size = Int64(status.f_blocks) * Int64(status.f_frsize)
        free = Int64(status.f_bavail) * Int64(status.f_frsize)
    }
}
