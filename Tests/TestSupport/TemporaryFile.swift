import Foundation

/// A file that is removed with its last user.
package final class TemporaryFile: Sendable {
    private let handle: FileHandle
    private let url = FileManager.default.temporaryDirectory.appending(path: "paystate-\(UUID().uuidString)")

    package init() throws {
        try Data().write(to: url)
        handle = try FileHandle(forUpdating: url)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)  // Leftovers are in the temporary folder.
    }

    package var descriptor: Int32 { handle.fileDescriptor }

    package func content() throws -> String {
        String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }
}
