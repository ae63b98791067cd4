import Foundation

/// What a file's status says, without opening it: closing any descriptor of a database would drop SQLite's locks on it.
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
    /// - Returns: `nil` where there is no such file, or it may not be looked at.
    package init?(of path: String) {
        let path = URL(filePath: path).resolvingSymlinksInPath().path
        // What is missing and what is hidden look alike here: nothing is known of the file.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        size = attributes[.size] as? Int64 ?? 0
        mode = attributes[.posixPermissions] as? Int ?? 0
        owner = attributes[.ownerAccountName] as? String ?? "user \(attributes[.ownerAccountID] ?? "?")"
        group = attributes[.groupOwnerAccountName] as? String ?? "group \(attributes[.groupOwnerAccountID] ?? "?")"
        inode = attributes[.systemFileNumber] as? UInt64 ?? 0
    }
}
