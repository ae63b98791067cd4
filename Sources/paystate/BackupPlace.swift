import Daemon
import Foundation
package import Payments

/// Where a backup goes: a file as it is named, or a dated one in a folder.
package struct BackupPlace {
    package let file: String
    /// `nil`: the file was named.
    package let folder: String?
    private let stem: String

    package init(_ place: String, of database: String, at now: Moment) {
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

    /// Removes the older ones of this database's dated backups in the folder.
    ///
    /// - Returns: the paths of those that are gone.
    package func removeAll(butNewest count: Int) throws -> [String] {
        guard let folder else { return [] }
        // The names are in the order of time.
        let dated = try FileManager.default.contentsOfDirectory(atPath: folder).filter(isDated).sorted()
        return try dated.dropLast(count).map { name in
            let path = URL(filePath: folder).appending(path: name).path(percentEncoded: false)
            try FileManager.default.removeItem(atPath: path)
            return path
        }
    }

    /// As `20261122T100001Z`.
    private static func stamp(of now: Moment) -> String {
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
