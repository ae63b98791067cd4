package import Foundation

/// A folder of its own for a test or a run, and the files in it.
///
/// Whoever makes it removes it, mostly with `defer`. It does not remove itself with its last use, because a daemon or a
/// ledger may still work in it then.
package struct TemporaryFolder: Sendable {
    package let url: URL

    /// Holds the folders of this process; what is left in it goes when the process ends.
    private static let shelf: URL = {
        atexit { try? FileManager.default.removeItem(at: TemporaryFolder.shelf) }  // A leftover folder is harmless.
        return FileManager.default.temporaryDirectory.appending(path: "paystate-\(UUID().uuidString.prefix(8))")
    }()

    /// - Parameter parent: where it is made, if the place matters; then it stays until `remove()`.
    package init(in parent: URL? = nil) throws {
        url = (parent ?? Self.shelf).absoluteURL.appending(path: "run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    package var path: String { url.path }

    /// Where the ledger is, if there is one.
    package var database: String { path("paystate.db") }

    package func file(_ name: String) -> URL { url.appending(path: name) }

    package func path(_ name: String) -> String { file(name).path }

    /// Writes a file, and returns its path.
    ///
    /// - Parameter mode: the permissions; `nil` leaves them to the system.
    @discardableResult
    package func write(_ text: String, to name: String, mode: Int? = nil) throws -> String {
        try Data(text.utf8).write(to: file(name), options: .atomic)
        if let mode { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name)) }
        return path(name)
    }

    package func remove() {
        try? FileManager.default.removeItem(at: url)  // A leftover folder is harmless.
    }
}
