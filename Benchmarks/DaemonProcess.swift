import Foundation
import Glibc

/// The daemon's own binary as a child process, on a free port.
struct DaemonProcess {
    let port: Int
    private let process: Process

    /// Runs a closure while the daemon runs, and stops the daemon gracefully afterwards.
    static func run<Output>(
        _ binary: URL,
        configuration: String,
        in scratch: Scratch,
        _ story: (DaemonProcess) async throws -> Output
    ) async throws -> Output {
        let log = try scratch.write("", to: "daemon.log")
        let process = Process()
        process.executableURL = binary
        process.arguments = [
            "serve", "--config", try scratch.write(configuration, to: "paystate.yaml"), "--log-format", "json",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        let output: Output
        do {
            output = try await story(DaemonProcess(port: try await port(of: process, log: log), process: process))
        } catch {
            stop(process)
            throw error
        }
        stop(process)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw InvalidRun.cannotStop(status: process.terminationStatus, log: lines(of: log).joined(separator: "\n"))
        }
        return output
    }

    /// The peak memory, in bytes.
    func peakMemory() throws -> Int { try memory("VmHWM:") }

    /// The current memory, in bytes.
    func memory() throws -> Int { try memory("VmRSS:") }

    private func memory(_ name: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw InvalidRun.noMemoryFigure
        }
        return kibibytes << 10
    }

    /// Waits until the log contains the daemon's address, which takes longer with a large database.
    private static func port(of process: Process, log: String) async throws -> Int {
        for _ in 0..<1200 where process.isRunning {
            if let port = lines(of: log).lazy.compactMap(listeningPort).first { return port }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw InvalidRun.cannotStart(log: lines(of: log).joined(separator: "\n"))
    }

    private static func listeningPort(_ line: String) -> Int? {
        struct LogLine: Decodable {
            let message: String
            let at: String?
        }
        // All other log lines have another message.
        guard let line = try? JSONDecoder().decode(LogLine.self, from: Data(line.utf8)),
            line.message == "listening"
        else {
            return nil
        }
        return line.at?.split(separator: ":").last.flatMap { Int($0) }
    }

    private static func lines(of log: String) -> [String] {
        String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    /// Sends SIGTERM, and SIGKILL if that has no effect for half a minute. It always waits for the end, even if the run
    /// was cancelled.
    private static func stop(_ process: Process) {
        process.terminate()
        for _ in 0..<1500 where process.isRunning { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
