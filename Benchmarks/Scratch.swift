import Foundation

/// A run's folder, which is removed when the run is over.
struct Scratch {
    let folder: URL

    static func use<Output>(in parent: String, _ work: (Scratch) async throws -> Output) async throws -> Output {
        let folder = URL(filePath: parent).appending(path: "bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // A leftover folder is harmless.
        return try await work(Scratch(folder: folder))
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file, and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return path(name)
    }
}
