import Foundation

/// A folder of one run, which is gone when the run is over.
struct Scratch {
    let folder: URL

    static func use<Output>(in parent: String, _ work: (Scratch) async throws -> Output) async throws -> Output {
        let folder = URL(filePath: parent).appending(path: "bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // A folder that stays behind harms nobody.
        return try await work(Scratch(folder: folder))
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file, and tells where it is.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return path(name)
    }
}
