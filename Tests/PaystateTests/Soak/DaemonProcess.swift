import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Sandbox
import TestSupport

/// The real program as a separate process, which can be stopped, killed and restarted on the same ports and database.
final class DaemonProcess {
    let callbacks: Int
    let admin: Int
    let database: String
    /// The folder of its configuration, database and log.
    let folder: TemporaryFolder
    private let environment: [String: String]
    private var process: Process?

    /// - Parameters:
    ///   - gateways: the port of the sandbox's status endpoints.
    ///   - environment: variables added to the environment of the tests.
    convenience init(gateways: Int, environment: [String: String] = [:]) throws {
        try self.init(environment: environment) { callbacks, admin in
            DaemonProcess.hastyConfiguration(callbacks: callbacks, admin: admin, gateways: gateways)
        }
    }

    /// - Parameters:
    ///   - environment: variables added to the environment of the tests.
    ///   - text: the configuration, given the ports of its listeners. Its database is `paystate.db`, beside it.
    init(environment: [String: String] = [:], configuration text: (_ callbacks: Int, _ admin: Int) -> String) throws {
        self.environment = environment
        (callbacks, admin) = (try unusedPort(), try unusedPort())
        folder = try TemporaryFolder()
        database = folder.database
        try folder.write(text(callbacks, admin), to: "paystate.yaml")
    }

    /// Starts the program, and returns when it is ready.
    func start() async throws {
        let process = program(["serve", "--config", configuration])
        let log = try folder.write("", to: "log")
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process = process
        try folder.write("\(process.processIdentifier)", to: "pid")
        for _ in 0..<400 where process.isRunning {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(admin)/readyz")
            let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(2))  // Not yet listening.
            if answer?.status.code == 200 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NotReady(log: self.log)
    }

    /// Runs another command to its end, with the same variables.
    func follow(_ arguments: [String], input: String = "") async throws -> ProgramRun {
        try await ProgramRun.paystate(arguments, input: input, environment: environment)
    }

    var configuration: String { folder.path("paystate.yaml") }

    private func program(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = ProgramRun.products.appending(path: "paystate")
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.arguments = arguments
        return process
    }

    /// What the program has logged since its last start.
    var log: String {
        // Without a log, there is nothing to show.
        (try? String(contentsOf: folder.file("log"), encoding: .utf8)) ?? ""
    }

    /// The exit code, once it has ended by itself; `nil` if it does not end.
    func end() async throws -> Int32? {
        guard let process else { return nil }
        for _ in 0..<400 where process.isRunning { try await Task.sleep(for: .milliseconds(25)) }
        guard !process.isRunning else { return nil }
        self.process = nil
        return process.terminationStatus
    }

    /// Ends it with a signal, and returns its exit code once it is gone.
    @discardableResult
    func stop(with signal: Int32 = SIGTERM) -> Int32? {
        guard let process else { return nil }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        self.process = nil
        return process.terminationStatus
    }

    /// Freezes it, or lets it continue.
    func signal(_ signal: Int32) {
        guard let process else { return }
        kill(process.processIdentifier, signal)
    }

    /// Whether another daemon can start while this one runs; it is ended in any case.
    func startsSecond() async throws -> Bool {
        let second = program(["serve", "--config", configuration])
        second.standardError = FileHandle.nullDevice
        second.standardOutput = FileHandle.nullDevice
        try second.run()
        for _ in 0..<400 where second.isRunning { try await Task.sleep(for: .milliseconds(25)) }
        defer { if second.isRunning { kill(second.processIdentifier, SIGKILL) } }
        return second.isRunning || second.terminationStatus == 0
    }

    /// Ends the program with the tests, even if these are killed: a shell watches the parent process.
    func endWithTests() throws {
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

    func remove() {
        stop(with: SIGKILL)
        folder.remove()
    }

    struct NotReady: Error {
        let log: String
    }

    /// Polls are due within seconds, so that a test sees many of them.
    private static func hastyConfiguration(callbacks: Int, admin: Int, gateways: Int) -> String {
        """
        database: paystate.db
        listen: 127.0.0.1:\(callbacks)
        admin: [127.0.0.1:\(admin)]
        reconcile: {first_after: 1s, schedule: [500ms, 1s, 2s], give_up_after: 10m, authorized_every: 2s, second_look: 4s,
                    audit: [4s, 13s], requests_per_second: 500, concurrency: 32}
        accounts:
          ecp:
            gateway: ecommpay
            project_id: \(SandboxKeys.projectID)
            secrets: [{value: \(SandboxKeys.secret)}]
            api_url: http://127.0.0.1:\(gateways)
          ecc:
            gateway: ecomcharge
            shop_id: \(SandboxKeys.shopID)
            secret: {value: \(SandboxKeys.secret)}
            public_key: {value: \(SandboxKeys.publicKey)}
            checkout_url: http://127.0.0.1:\(gateways)
            gateway_url: http://127.0.0.1:\(gateways)
            api_url: http://127.0.0.1:\(gateways)
        """
    }
}
