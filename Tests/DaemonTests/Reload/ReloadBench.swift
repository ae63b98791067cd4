import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import Logging
import Payments
import Telemetry
import TestSupport
import Testing

/// A daemon with a configuration file that a test rewrites, with secrets in files beside it, and its messages to
/// systemd and the log.
struct ReloadBench: Sendable {
    let folder: TemporaryFolder
    let daemon: RunningDaemon
    private let systemd: NotifySocket
    private let log: TemporaryFile
    private let hangup: AsyncStream<Void>.Continuation

    /// The beginning of every file.
    private static let head = """
        listen: 127.0.0.1:0
        admin: [127.0.0.1:0]

        """

    static func run(
        _ text: String,
        secrets: [String: String],
        now: @escaping @Sendable () -> Timestamp = Timestamp.now,
        story: @escaping @Sendable (ReloadBench) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        for (name, secret) in secrets { try folder.write(secret, to: name) }
        try folder.write(head(folder) + text, to: "paystate.yaml")
        let load = { @Sendable () throws(ConfigurationError) in
            try Configuration.load(folder.path("paystate.yaml"), HostEnvironment(variables: [:]))
        }
        let configuration = try load()
        let (hangups, hangup) = AsyncStream<Void>.makeStream()
        let systemd = try NotifySocket("@paystate-\(UUID().uuidString)")
        let log = try TemporaryFile()
        try await RunningDaemon.run(
            { $0 = configuration },
            now: now,
            reloading: ReloadSignal(on: hangups, load: load),
            systemd: systemd.systemd(),
            logger: .writing(to: log, level: .debug, now: now)
        ) { daemon in
            try await systemd.message { $0.hasPrefix("READY=1") }
            try await story(
                ReloadBench(folder: folder, daemon: daemon, systemd: systemd, log: log, hangup: hangup)
            )
        }
    }

    /// Rewrites the file, requests a reload, and returns what systemd receives when it is over.
    @discardableResult
    func reload(_ text: String, secrets: [String: String] = [:]) async throws -> String {
        for (name, secret) in secrets { try folder.write(secret, to: name) }
        try folder.write(Self.head(folder) + text, to: "paystate.yaml")
        return try await reload()
    }

    @discardableResult
    func reload() async throws -> String {
        let count = systemd.messages.count
        hangup.yield()
        try await systemd.message(after: count) { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
        return try await systemd.message(after: count) { $0.hasPrefix("READY=1") }
    }

    /// Requests that many reloads at once, and returns how many there were soon after.
    func storm(_ count: Int) async throws -> Int {
        for _ in 0..<count { hangup.yield() }
        for _ in 0..<50 {
            try await Task.sleep(for: .milliseconds(10))
            _ = systemd.messages  // Otherwise its queue is full, and every reload waits for it.
        }
        return try lines("configuration reloaded").count
    }

    /// The log lines that contain a text, without their times.
    func lines(_ text: String) throws -> [String] {
        try log.content().split(separator: "\n").filter { $0.contains(text) }.map { String($0.dropFirst(25)) }
    }

    /// The status code of the response to a callback.
    func post(_ body: String, to account: String = "ecp") async throws -> String {
        try await RawConnection.ask(daemon.port, request("POST", "/callbacks/\(account)", body: body)).statuses.first
            ?? ""
    }

    private static func head(_ folder: TemporaryFolder) -> String {
        "database: \(folder.database)\n" + head
    }
}
