import ArgumentParser
import Foundation
import TestSupport

/// The daemon to measure, and the disk to use.
struct DaemonOptions: ParsableArguments {
    @Option(help: "The daemon. (default: the `paystate` beside this program)")
    var daemon: String?

    @Option(help: "Where the database lies meanwhile: a folder on the disk that is meant, not in memory.")
    var folder = "var"

    func validate() throws {
        guard FileManager.default.isExecutableFile(atPath: binary.path) else {
            throw ValidationError("there is no daemon at \(binary.path): build it, or name it with --daemon")
        }
    }

    var binary: URL { daemon.map { URL(filePath: $0) } ?? ProgramRun.products.appending(path: "paystate") }

    /// Makes a folder for a run, and removes it when the run is over.
    func withFolder<Output>(_ run: (TemporaryFolder) async throws -> Output) async throws -> Output {
        let folder = try TemporaryFolder(in: URL(filePath: self.folder))
        defer { folder.remove() }
        return try await run(folder)
    }
}
