import Daemon
import Foundation
import Glibc
package import Payments
import Telemetry

/// The destination of a backup: a file as named, or a dated one in a folder.
package struct BackupDestination {
    package let file: String
    /// `nil` if the file was named.
    package let folder: String?
    private let stem: String

    package init(_ place: String, of database: String, at now: Timestamp) {
        stem = URL(filePath: database).deletingPathExtension().lastPathComponent
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
        guard place.hasSuffix("/") || isThere && isFolder.boolValue else {
            (file, folder) = (place, nil)
            return
        }
        let folder = URL(filePath: place, directoryHint: .isDirectory)
        file = folder.appending(path: "\(stem)-\(Self.stamp(of: now)).db").path(percentEncoded: false)
        self.folder = folder.path(percentEncoded: false)
    }

    /// Removes the older dated backups of this database in the folder, once the new one exists.
    ///
    /// Backups dated later than the new one, by a clock that ran ahead, are not touched, and do not count among the
    /// newest: they must not push out backups that are really new.
    ///
    /// - Returns: the paths of the removed files.
    package func removeAll(butNewest count: Int) throws -> [String] {
        guard let folder else { return [] }
        let new = URL(filePath: file).lastPathComponent
        // The names sort by time.
        let older = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { isDated($0) && $0 < new }
            .sorted()
            .map { URL(filePath: folder).appending(path: $0).path(percentEncoded: false) }
            .filter(Self.isFile)
        return try older.dropLast(count - 1).map { path in
            try FileManager.default.removeItem(atPath: path)
            return path
        }
    }

    /// Whether it is a regular file, not a link or a folder of that name.
    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// As `20261122T100001Z`.
    private static func stamp(of now: Timestamp) -> String {
        now.text.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private func isDated(_ name: String) -> Bool {
        let (prefix, suffix) = ("\(stem)-", "Z.db")
        guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count == prefix.count + 15 + suffix.count else {
            return false
        }
        let stamp = name.dropFirst(prefix.count).dropLast(suffix.count)
        return stamp.enumerated().allSatisfy { $0.offset == 8 ? $0.element == "T" : "0123456789".contains($0.element) }
    }
}
