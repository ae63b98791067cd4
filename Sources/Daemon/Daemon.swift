package import ConfigurationFile
import Delivery
import Gateways
import Glibc
import Hummingbird
import HummingbirdCore
import Ledger
package import Logging
import NIOCore
import OperatorPage
package import Payments
import ReadAPI
import ServiceLifecycle
package import Telemetry
package import UnixSignals

/// The daemon: a ledger, a public listener for callbacks, and admin listeners, started and stopped in order.
package struct Daemon: Sendable {
    private let configuration: Configuration
    private let version: String
    private let metrics: PrometheusMetrics
    private let logger: Logger
    private let passed: PassedSockets
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - version: of this program, sent to the gateways as the user agent.
    ///   - passed: the sockets for the public listener, if the configuration says `listen: systemd`.
    package init(
        _ configuration: Configuration,
        version: String,
        metrics: PrometheusMetrics,
        logger: Logger,
        passed: PassedSockets = .ofThisProcess,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.version = version
        self.metrics = metrics
        self.logger = logger
        self.passed = passed
        self.now = now
    }

    /// Opens the ledger, listens, and returns after a graceful shutdown.
    ///
    /// The shutdown order is that of invariant 15, docs/architecture.md: stop accepting, finish what was accepted,
    /// commit, checkpoint, exit.
    ///
    /// - Parameters:
    ///   - reloadSignal: when to reread the configuration while running; `nil` means never.
    ///   - systemd: notified of the daemon's state.
    ///   - listening: called for each listener once it accepts connections: the public one, and every admin address.
    /// - Throws: ``LedgerError`` if the database cannot be held, ``FatalLedgerError`` if it must not be written any
    ///   more, ``ListenError`` if an address is unavailable or a socket fails, ``SocketActivationError`` if the sockets
    ///   that systemd passed cannot be used.
    package func run(
        stoppingOn signals: [UnixSignal] = [.sigterm, .sigint],
        reloadSignal: ReloadSignal? = nil,
        systemd: SystemdNotifier? = nil,
        listening: @escaping @Sendable (_ what: Listener, _ address: String) -> Void
    ) async throws {
        let systemdStatus = SystemdStatus(
            systemd,
            listeners: 1 + configuration.admin.count,
            accounts: configuration.accounts.count,
            logger: logger,
            now: now
        )
        do {
            systemdStatus.isOpening()
            let place = try place()
            let targets = DeliveryTarget.all(in: configuration)
            let ledger = try configuration.publicConfiguration.openLedger(targets: targets)
            systemdStatus.isStarting()
            try await serve(ledger, at: place, systemdStatus, stoppingOn: signals, reloadSignal: reloadSignal) {
                listening($0, $1)
                systemdStatus.isUp($0, $1)
            }
        } catch {
            systemdStatus.hasFailed(error)
            throw error
        }
        logger.info("stopped")
    }

    private func serve(
        _ ledger: Ledger,
        at place: PublicListener.Place,
        _ systemdStatus: SystemdStatus,
        stoppingOn signals: [UnixSignal],
        reloadSignal: ReloadSignal?,
        listening: @escaping @Sendable (Listener, String) -> Void
    ) async throws {
        let serving = CurrentConfiguration(ServingConfiguration(configuration, ledger: ledger, logger: logger))
        let replication = Replication()
        let health = try healthWatch(ledger, serving, replication)
        let page = OperatorPage(ledger, serving, version: version, logger: logger, now: now)
        let readAPI = readAPI(ledger)
        let unknownPaths = UnknownPaths(now: now)
        let connectionMetrics = ConnectionMetrics(unknownPaths: unknownPaths)
        // Nothing below may fail before the services run: they have to shut their HTTP clients down.
        let reconciler = reconciler(ledger)
        let deliveries = deliveries(ledger)
        let heartbeat = systemdStatus.systemd.map {
            Heartbeat(
                every: $0.watchdog.map { $0 / 3 },
                ledger: ledger,
                systemdStatus: systemdStatus,
                logger: logger,
                now: now
            )
        }
        let rejectionWatch = systemdStatus.systemd.map { _ in
            RejectionWatch(ledger: ledger, systemdStatus: systemdStatus, count: { connectionMetrics.unavailableCount })
        }
        let reloader = reloadSignal.map {
            Reloader(
                $0,
                serving: serving,
                ledger: ledger,
                reconciler: reconciler,
                deliveries: deliveries,
                systemdStatus: systemdStatus,
                logger: logger
            )
        }
        // A server looks after its own pages.
        let pageWatch: PageWatch? =
            switch ledger.location {
            case .file: PageWatch(ledger: ledger, logger: logger, now: now)
            case .postgreSQL: nil
            }
        // Services are stopped in reverse order.
        let services: [(any Service)?] =
            [
                ledger, leaseKeeper(ledger, serving), heartbeat, rejectionWatch, reconciler, deliveries, health,
                DiskWatch(ledger: ledger, logger: logger, now: now),
                pageWatch,
                Pruner(
                    ledger: ledger,
                    rule: { serving.current.configuration.retention.rule },
                    logger: logger,
                    now: now
                ),
            ]
            + configuration.admin.map {
                admin($0, serving, ledger, replication, page, readAPI, unknownPaths, listening)
            }
            + [
                publicListener(at: place, serving, connectionMetrics, listening), reloader,
                StoppingNotice(systemdStatus: systemdStatus),
            ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.compactMap { $0 },
                gracefulShutdownSignals: signals,
                logger: Logger(label: "services", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        do {
            try await group.run()
        } catch let error as IOError {
            throw ListenError.atAll(reason: String(cString: strerror(error.errnoCode)))
        }
    }

    /// The kinds of listeners.
    package enum Listener: String, Sendable {
        case callbacks
        case admin
    }

    private func reconciler(_ ledger: Ledger) -> Reconciler {
        Reconciler(
            configuration,
            ledger: ledger,
            client: GatewayClient(version: version),
            logger: logger,
            now: now
        )
    }

    private func deliveries(_ ledger: Ledger) -> Deliveries {
        Deliveries(
            configuration,
            ledger: ledger,
            client: DeliveryClient(version: version, now: now),
            logger: logger,
            now: now
        )
    }

    /// The only receiver of a ledger needs no leases.
    private func leaseKeeper(_ ledger: Ledger, _ serving: CurrentConfiguration) -> LeaseKeeper? {
        guard ledger.isShared else { return nil }
        return LeaseKeeper(
            ledger: ledger,
            accounts: { serving.current.receiver.accountNames },
            targets: { DeliveryTarget.all(in: serving.current.configuration).map(\.id) },
            logger: logger
        )
    }

    private func healthWatch(
        _ ledger: Ledger,
        _ serving: CurrentConfiguration,
        _ replication: Replication
    ) throws -> HealthWatch {
        try HealthWatch(
            ledger: ledger,
            accounts: { serving.current.receiver.accountNames },
            targets: { DeliveryTarget.all(in: serving.current.configuration).map(\.id) },
            replication: replication,
            version: version,
            logger: logger,
            now: now
        )
    }

    /// The read API of all admin listeners, on one connection.
    private func readAPI(_ ledger: Ledger) -> ReadAPI {
        ReadAPI(
            reader: ledger.makeLazyReader(),
            isShared: ledger.isShared,
            nextTransition: { await ledger.nextTransition(after: $0) },
            version: version,
            logger: logger,
            now: now
        )
    }

    private func publicListener(
        at place: PublicListener.Place,
        _ serving: CurrentConfiguration,
        _ metrics: ConnectionMetrics,
        _ listening: @escaping @Sendable (Listener, String) -> Void
    ) -> PublicListener {
        PublicListener(
            at: place,
            channel: CallbackPipeline(
                responder: CallbackResponder(now: now),
                serving: serving,
                metrics: metrics,
                date: DateHeader(now: now)
            ),
            logger: logger,
            listening: { listening(.callbacks, $0) }
        )
    }

    private func place() throws(SocketActivationError) -> PublicListener.Place {
        switch configuration.listen {
        case .systemd:
            return .passed(try passed.forCallbacks())
        case .address(let address):
            if !passed.isEmpty {
                logger.warning(
                    "systemd passed sockets that nothing serves: write `listen: systemd`, or mask paystate.socket"
                )
            }
            return .address(address)
        }
    }

    private func admin(
        _ address: AdminAddress,
        _ serving: CurrentConfiguration,
        _ ledger: Ledger,
        _ replication: Replication,
        _ page: OperatorPage,
        _ readAPI: ReadAPI,
        _ unknownPaths: UnknownPaths,
        _ listening: @escaping @Sendable (Listener, String) -> Void
    ) -> any Service {
        let bind: BindAddress =
            switch address {
            case .socket(let path): .unixDomainSocket(path: path)
            case .loopback(let address): .hostname(address.host, port: address.port)
            }
        let application = Application(
            router: AdminResponder(
                ledger: ledger,
                serving: serving,
                reverification: Reverification(ledger, now: now) {
                    serving.current.configuration.accounts
                },
                metrics: metrics,
                unknownPaths: unknownPaths,
                replication: replication,
                page: page,
                readAPI: readAPI,
                now: now,
                isSocket: address.isSocket
            ).makeRouter(),
            server: HTTPServerBuilder { AdminChannel($0, idleTimeout: .seconds(60)) },
            configuration: ApplicationConfiguration(address: bind),
            onServerRunning: { channel in
                if case .socket(let path) = address { chmod(path, 0o660) }
                listening(.admin, channel.localAddress?.readable ?? address.description)
            },
            logger: quiet
        )
        return AdminListener(address: address, application: application)
    }

    /// Hummingbird's own log lines would duplicate ours.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
