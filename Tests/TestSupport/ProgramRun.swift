package import Foundation
import Glibc

/// A program of this build that ran to its end: its exit code, and what it wrote.
package struct ProgramRun: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String

    /// The folder of the build's programs and libraries.
    package static var products: URL { URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent() }

    /// Runs `paystate`, and waits for its end without holding a thread.
    ///
    /// - Parameters:
    ///   - folder: where it runs; `nil` means here.
    ///   - environment: variables added to those of this process.
    package static func paystate(
        _ arguments: [String],
        input: String = "",
        in folder: URL? = nil,
        environment: [String: String] = [:]
    ) async throws -> ProgramRun {
        let files = try TemporaryFolder()
        defer { files.remove() }
        let process = try child(arguments, input: input, files, in: folder, environment)
        let status = try await withCheckedThrowingContinuation { (end: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { end.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { end.resume(throwing: error) }
        }
        return try ProgramRun(status, files)
    }

    /// Starts `paystate`, and ends it with a signal as soon as it has written a text, or if it does not write it.
    ///
    /// - Parameters:
    ///   - text: a part of its output or of its errors.
    ///   - folder: where it runs.
    ///   - environment: variables added to those of this process.
    package static func paystate(
        _ arguments: [String],
        until text: String,
        signal: Int32,
        in folder: URL,
        environment: [String: String] = [:]
    ) async throws -> ProgramRun {
        let files = try TemporaryFolder()
        defer { files.remove() }
        let process = try child(arguments, input: "", files, in: folder, environment)
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        _ = try await eventually {
            let run = try ProgramRun(0, files)
            return run.output.contains(text) || run.errors.contains(text) || !process.isRunning
        }
        return try ProgramRun(end(process, with: signal), files)
    }

    private init(_ status: Int32, _ files: TemporaryFolder) throws {
        self.status = status
        output = try String(contentsOf: files.file("output"), encoding: .utf8)
        errors = try String(contentsOf: files.file("errors"), encoding: .utf8)
    }

    private static func child(
        _ arguments: [String],
        input: String,
        _ files: TemporaryFolder,
        in folder: URL?,
        _ environment: [String: String]
    ) throws -> Process {
        let process = Process()
        process.executableURL = products.appending(path: "paystate")
        process.arguments = arguments
        // The width of the terminal that started the tests is not the program's.
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "COLUMNS" }
            .merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = folder }
        // Files, because a pipe that is full would hold the program up.
        process.standardInput = FileHandle(forReadingAtPath: try files.write(input, to: "input"))
        process.standardOutput = FileHandle(forWritingAtPath: try files.write("", to: "output"))
        process.standardError = FileHandle(forWritingAtPath: try files.write("", to: "errors"))
        return process
    }

    private static func end(_ process: Process, with signal: Int32) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }
}
