import Foundation
import Glibc

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
    let template: URL

    /// The folders of the documents, as folders within the test's.
    private static let places = [("/etc/paystate/", "./"), ("/var/backups/paystate/", "backups/")]

    /// Runs a command to its end in a copy of the folder.
    func run(_ words: [String]) async throws -> End {
        let folder = try copy()
        defer { try? FileManager.default.removeItem(at: folder) }  // A leftover folder is harmless.
        return try await run(words, in: folder)
    }

    /// Runs a command to its end in a folder.
    func run(_ words: [String], in folder: URL) async throws -> End {
        let log = folder.appending(path: "output-\(UUID().uuidString)")
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
        defer { try? FileManager.default.removeItem(at: folder) }  // A leftover folder is harmless.
        let log = folder.appending(path: "output")
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

    private func copy() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "documents-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: template, to: folder)
        return folder
    }

    private static func local(_ word: String) -> String {
        guard let (place, folder) = places.first(where: { word.hasPrefix($0.0) }) else { return word }
        return folder + String(word.dropFirst(place.count))
    }

    private static func text(of file: URL) throws -> String {
        String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    private static func program(_ words: [String], in folder: URL, _ log: URL) throws -> Process {
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        let program = Process()
        program.executableURL = DaemonProcess.products.appending(path: "paystate")
        program.arguments = words.map(local)
        program.environment = ProcessInfo.processInfo.environment.merging(["PAYSTATE_CONFIG": "paystate.yaml"]) { $1 }
        program.currentDirectoryURL = folder
        program.standardInput = FileHandle.nullDevice
        program.standardOutput = output
        program.standardError = output
        return program
    }
}
