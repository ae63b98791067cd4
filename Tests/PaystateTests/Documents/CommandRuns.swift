import Foundation
import TestSupport

/// Runs the program in a folder, or in a copy of it, so that no command sees what another one has done.
struct CommandRuns: Sendable {
    /// The folder that is copied.
    let template: TemporaryFolder

    /// The folders of the documents, as folders within the test's.
    private static let places = [("/etc/paystate/", "./"), ("/var/backups/paystate/", "backups/")]

    private static let environment = ["PAYSTATE_CONFIG": "paystate.yaml"]

    /// Runs a command to its end in a copy of the folder.
    func run(_ words: [String]) async throws -> ProgramRun {
        let folder = try copy()
        defer { folder.remove() }
        return try await run(words, in: folder)
    }

    /// Runs a command to its end in a folder.
    func run(_ words: [String], in folder: TemporaryFolder) async throws -> ProgramRun {
        try await ProgramRun.paystate(words.map(Self.local), in: folder.url, environment: Self.environment)
    }

    /// Starts a command in a copy of the folder, and ends it with a signal once it has said something.
    func start(_ words: [String], until text: String, _ signal: Int32) async throws -> ProgramRun {
        let folder = try copy()
        defer { folder.remove() }
        return try await ProgramRun.paystate(
            words.map(Self.local),
            until: text,
            signal: signal,
            in: folder.url,
            environment: Self.environment
        )
    }

    private func copy() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: template.path) {
            try FileManager.default.copyItem(at: template.file(name), to: folder.file(name))
        }
        return folder
    }

    private static func local(_ word: String) -> String {
        guard let (place, folder) = places.first(where: { word.hasPrefix($0.0) }) else { return word }
        return folder + String(word.dropFirst(place.count))
    }
}
