import AsyncHTTPClient
package import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Synchronization

/// The real program as a separate process, which can be stopped, killed and restarted on the same ports and database.
package final class DaemonProcess: Sendable {
    /// The ports of the listeners for callbacks and for the admin API.
    package let callbacks: Int
    package let admin: Int
    package let database: String
    /// The path of the configuration file.
    package let configuration: String
    /// The folder of its configuration, database and log.
    package let folder: TemporaryFolder
    private let program: URL
    private let environment: [String: String]
    private let running = Mutex<Process?>(nil)

    /// - Parameters:
    ///   - folder: where the database, the configuration and the log are.
    ///   - environment: variables added to those of this process.
    ///   - configuration: all of it but the database and the listeners.
    package convenience init(
        _ program: URL = ProgramRun.products.appending(path: "paystate"),
        in folder: TemporaryFolder,
        environment: [String: String] = [:],
        configuration: String
    ) throws {
        try self.init(program, in: folder, environment: environment) { callbacks, admin in
            let places = """
                database: paystate.db
                listen: 127.0.0.1:\(callbacks)
                admin: [127.0.0.1:\(admin)]

                """
            return places + configuration
        }
    }

    /// - Parameters:
    ///   - folder: where the database, the configuration and the log are.
    ///   - environment: variables added to those of this process.
    ///   - text: the configuration, given the ports of its listeners. Its database is `paystate.db`, beside it.
    package init(
        _ program: URL = ProgramRun.products.appending(path: "paystate"),
        in folder: TemporaryFolder,
        environment: [String: String] = [:],
        configuration text: (_ callbacks: Int, _ admin: Int) -> String
    ) throws {
        self.program = program
        self.folder = folder
        self.environment = environment
        let (callbacks, admin) = (try unusedPort(), try unusedPort())
        self.callbacks = callbacks
        self.admin = admin
        database = folder.database
        configuration = try folder.write(text(callbacks, admin), to: "paystate.yaml")
    }

    /// Runs a closure while the daemon runs, and stops the daemon gracefully afterwards.
    package static func run<Output>(
        _ program: URL,
        configuration: String,
        in folder: TemporaryFolder,
        _ story: (DaemonProcess) async throws -> Output
    ) async throws -> Output {
        let daemon = try DaemonProcess(program, in: folder, configuration: configuration)
        let output: Output
        do {
            try await daemon.start()
            output = try await story(daemon)
        } catch {
            daemon.stop()
            throw error
        }
        let status = daemon.stop()
        guard status == 0 else { throw NotStopped(status: status, log: daemon.log) }
        return output
    }

    /// Starts the program, and returns when it is ready.
    package func start() async throws {
        let process = child(["serve", "--config", configuration])
        process.standardError = FileHandle(forWritingAtPath: try folder.write("", to: "log"))
        try process.run()
        running.withLock { $0 = process }
        try folder.write("\(process.processIdentifier)", to: "pid")
        var isReady = false
        // A large database takes its time.
        _ = try await eventually(within: .seconds(60), every: .milliseconds(50)) {
            isReady = await self.isReady()
            return isReady || !process.isRunning
        }
        guard isReady else { throw NotReady(log: log) }
    }

    private func isReady() async -> Bool {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(admin)/readyz")
        let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(2))  // Not yet listening.
        return answer?.status.code == 200 && acceptsConnections(on: callbacks)
    }

    /// What the program has logged since its last start.
    package var log: String {
        // Without a log, there is nothing to show.
        (try? String(contentsOf: folder.file("log"), encoding: .utf8)) ?? ""
    }

    /// The exit code, once it has ended by itself; `nil` if it does not end.
    package func end() async throws -> Int32? {
        guard let process = running.withLock({ $0 }) else { return nil }
        guard try await eventually({ !process.isRunning }) else { return nil }
        running.withLock { $0 = nil }
        return process.terminationStatus
    }

    /// Stops it gracefully, and returns its exit code once it is gone.
    @discardableResult
    package func stop() -> Int32? { stop(with: SIGTERM) }

    /// Ends it with a signal, and returns its exit code once it is gone. If the signal has no effect for half a minute,
    /// it is killed. It always waits for the end, even if the task was cancelled.
    @discardableResult
    package func stop(with signal: Int32) -> Int32? {
        guard let process = running.withLock({ $0 }) else { return nil }
        running.withLock { $0 = nil }
        kill(process.processIdentifier, signal)
        for _ in 0..<1500 where process.isRunning { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Freezes it, or lets it continue.
    package func signal(_ signal: Int32) {
        guard let process = running.withLock({ $0 }) else { return }
        kill(process.processIdentifier, signal)
    }

    package func remove() {
        stop(with: SIGKILL)
        folder.remove()
    }

    private func child(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }

    /// The program did not start.
    package struct NotReady: Error, CustomStringConvertible {
        package let log: String

        package var description: String { "the daemon does not start; it said:\n\(log)" }
    }

    /// The program did not stop as it should.
    package struct NotStopped: Error, CustomStringConvertible {
        package let status: Int32?
        package let log: String

        package var description: String {
            let status = status.map { "\($0)" } ?? "unknown"
            return "the daemon did not stop gracefully (status \(status)); it said:\n\(log)"
        }
    }
}

// MARK: Beside it

extension DaemonProcess {
    /// Runs another command to its end, with the same variables.
    package func follow(_ arguments: [String], input: String = "") async throws -> ProgramRun {
        try await ProgramRun.paystate(arguments, input: input, environment: environment)
    }

    /// Whether another daemon can start while this one runs; it is ended in any case.
    package func startsSecond() async throws -> Bool {
        let second = child(["serve", "--config", configuration])
        try second.run()
        let hasEnded = try await eventually { !second.isRunning }
        defer { if second.isRunning { kill(second.processIdentifier, SIGKILL) } }
        return !hasEnded || second.terminationStatus == 0
    }

    /// Ends the program with this process, even if that is killed: a shell watches it.
    package func endWithTests() throws {
        let watcher = Process()
        watcher.executableURL = URL(filePath: "/bin/sh")
        let script = """
            while kill -0 "$1" 2>/dev/null; do [ -e "$2" ] || exit 0; sleep 1; done
            kill -9 "$(cat "$2")"; rm -r "$3"
            """
        let tests = ProcessInfo.processInfo.processIdentifier
        watcher.arguments = ["-c", script, "watcher", "\(tests)", try folder.write("", to: "pid"), folder.path]
        try watcher.run()
    }
}

// MARK: Its memory

extension DaemonProcess {
    /// The peak memory, in bytes.
    package func peakMemory() throws -> Int { try memory("VmHWM:") }

    /// The current memory, in bytes.
    package func memory() throws -> Int { try memory("VmRSS:") }

    private func memory(_ name: String) throws -> Int {
        let process = running.withLock { $0 }
        let path = "/proc/\(process?.processIdentifier ?? 0)/status"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let line = lines.first { $0.hasPrefix(name) }
        guard let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw NoMemoryFigure()
        }
        return kibibytes << 10
    }

    /// The system does not tell the memory.
    package struct NoMemoryFigure: Error {}
}
