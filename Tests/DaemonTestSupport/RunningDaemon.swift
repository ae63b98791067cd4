package import ConfigurationFile
package import Daemon
import Gateways
package import Ledger
package import Logging
package import Payments
import ServiceLifecycle
package import Telemetry
import TestSupport

/// The real daemon, on free ports, with a database in a folder of its own.
package struct RunningDaemon: Sendable {
    package let port: Int
    package let adminPort: Int
    package let database: String
    private let group: ServiceGroup

    /// Runs a story against a listening daemon, and stops the daemon gracefully when the story ends.
    ///
    /// - Parameters:
    ///   - passed: the sockets that systemd passed; the test that bound them knows their ports.
    ///   - now: stands still unless the story needs a running clock.
    package static func run(
        _ adapt: (inout Configuration) throws -> Void = { _ in },
        passed: PassedSockets = PassedSockets([:]),
        now: @escaping @Sendable () -> Timestamp = { Timestamp(milliseconds: 1_800_000_000_000) },
        reloading: ReloadSignal? = nil,
        systemd: SystemdNotifier? = nil,
        metrics: PrometheusMetrics = PrometheusMetrics(),
        logger: Logger = .silent,
        story: @escaping @Sendable (RunningDaemon) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        var configuration = Configuration(
            database: .file(folder.database),
            accounts: try accounts()
        )
        configuration.listen = .address(HostAndPort(host: "127.0.0.1", port: 0))
        configuration.admin = [.loopback(HostAndPort(host: "127.0.0.1", port: 0))]
        try adapt(&configuration)
        let (addresses, listening) = AsyncStream<(Daemon.Listener, String)>.makeStream()
        let daemon = Daemon(
            configuration,
            version: "test",
            metrics: metrics,
            logger: logger,
            passed: passed,
            now: now
        )
        let service = DaemonService {
            try await daemon.run(stoppingOn: [], reloadSignal: reloading, systemd: systemd) {
                listening.yield(($0, $1))
            }
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [service],
                logger: .silent
            )
        )
        let database = configuration.database.description  // The path.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
            }
            tasks.addTask {
                var ports: [Daemon.Listener: Int] = [:]
                for await (listener, address) in addresses {
                    ports[listener] = Int(address.split(separator: ":").last ?? "") ?? 0
                    if ports.count == 2 { break }
                }
                guard let port = ports[.callbacks], let admin = ports[.admin] else { return }
                let running = RunningDaemon(port: port, adminPort: admin, database: database, group: group)
                do {
                    try await story(running)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    /// Begins the graceful stop, as SIGTERM does.
    package func stop() async {
        await group.triggerGracefulShutdown()
    }

    /// The rows of the payments view, the newest first.
    package func payments() throws -> [ViewRow] {
        try LedgerReader(at: .file(path: database)).payments(
            PaymentFilter(account: nil, state: nil, isOverdue: false, now: Timestamp(milliseconds: 0), limit: 1000)
        )
    }

    package func callbacks(_ payment: String) throws -> [ViewRow] {
        try LedgerReader(at: .file(path: database)).callbacks(of: payment, account: "ecp")
    }

    /// A configuration's list with one trusted network.
    package static func trusting(_ network: String) -> TrustedProxies {
        let text = """
            trusted_proxies: ["\(network)"]
            accounts: {a: {gateway: ecommpay, project_id: 1, secrets: [{value: x}]}}
            """
        let environment = HostEnvironment(variables: [:]) { _, _ in
            HostEnvironment.File(bytes: Array(text.utf8), isWorldReadable: false)
        }
        return (try? Configuration.load("test", environment))?.trustedProxies ?? TrustedProxies()
    }

    private static func accounts() throws -> [Account] {
        let secret = SettingValue.secrets([Secret(name: "test", bytes: Array(SignedCallback.secret.utf8))])
        return [
            Account(name: "ecp", gateway: try Ecommpay(["project_id": .integer(240), "secrets": secret])),
            Account(
                name: "ecb",
                gateway: try EComCharge(["shop_id": .integer(1673), "secret": secret, "authentication": .word("basic")])
            ),
        ]
    }
}

private struct DaemonService: Service {
    let work: @Sendable () async throws -> Void

    func run() async throws { try await work() }
}
