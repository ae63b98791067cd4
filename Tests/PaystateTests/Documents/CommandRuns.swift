import Foundation
import Glibc
import TestSupport

/// Runs the program in a folder, or in a copy of it, so that no command sees what another one has done.
struct CommandRuns: Sendable {
    struct End: Sendable {
        let status: Int32
        /// What it has said, on both outputs.
        let output: String
        /// Whether it said what was waited for.
        var hasSaid = false
    }

    /// The folder that is copied.
    let template: TemporaryFolder

    /// The folders of the documents, as folders within the test's.
    private static let places = [("/etc/paystate/", "./"), ("/var/backups/paystate/", "backups/")]

    /// Runs a command to its end in a copy of the folder.
    func run(_ words: [String]) async throws -> End {
        let folder = try copy()
        defer { folder.remove() }
        return try await run(words, in: folder)
    }

    /// Runs a command to its end in a folder.
    func run(_ words: [String], in folder: TemporaryFolder) async throws -> End {
        let log = folder.file("output-\(UUID().uuidString)")
        let program = try Self.program(words, in: folder, log)
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            program.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try program.run() } catch { continuation.resume(throwing: error) }
        }
        return End(status: status, output: try Self.text(of: log))
    }

    /// Starts a command in a copy of the folder, and ends it with a signal once it has said something; ten seconds are
    /// more than any command takes for that.
    func start(_ words: [String], until text: String, _ signal: Int32) async throws -> End {
        let folder = try copy()
        defer { folder.remove() }
        let log = folder.file("output")
        let program = try Self.program(words, in: folder, log)
        try program.run()
        for _ in 0..<400 where program.isRunning {
            if try Self.text(of: log).contains(text) { break }
            try await Task.sleep(for: .milliseconds(25))
        }
        let status = Self.end(program, signal)
        let output = try Self.text(of: log)
        return End(status: status, output: output, hasSaid: output.contains(text))
    }

    private static func end(_ program: Process, _ signal: Int32) -> Int32 {
        kill(program.processIdentifier, signal)
        program.waitUntilExit()
        return program.terminationStatus
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

    private static func text(of file: URL) throws -> String {
        String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    private static func program(_ words: [String], in folder: TemporaryFolder, _ log: URL) throws -> Process {
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        let program = Process()
        program.executableURL = DaemonProcess.products.appending(path: "paystate")
        program.arguments = words.map(local)
        program.environment = ProcessInfo.processInfo.environment.merging(["PAYSTATE_CONFIG": "paystate.yaml"]) { $1 }
        program.currentDirectoryURL = folder.url
        program.standardInput = FileHandle.nullDevice
        program.standardOutput = output
        program.standardError = output
        return program
    }
}
