import Foundation

/// Runs a system program and returns its output.
package struct Subprocess: Sendable {
    private static let timeout = Duration.seconds(5)

    package init() {}

    /// `nil` if there is no such program, it fails, or it takes too long.
    package func callAsFunction(_ name: String, _ arguments: [String]) async -> String? {
        guard
            let path = ["/usr/bin", "/bin"].map({ "\($0)/\(name)" }).first(where: {
                FileManager.default.isExecutableFile(atPath: $0)
            })
        else { return nil }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        return await withTaskGroup(of: String?.self) { group in
            group.addTask { Self.output(of: process, from: pipe) }
            group.addTask {
                try? await Task.sleep(for: Self.timeout)  // Fails only if cancelled: the program has ended.
                if process.isRunning { kill(process.processIdentifier, SIGKILL) }
                return nil
            }
            let output = await group.next() ?? nil
            group.cancelAll()
            return output
        }
    }

    private static func output(of process: Process, from pipe: Pipe) -> String? {
        do {
            try process.run()
            let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return process.terminationStatus == 0 ? String(decoding: bytes, as: UTF8.self) : nil
        } catch {
            return nil
        }
    }
}
