import Gateways
import Glibc
import Hummingbird
import HummingbirdCore
import Ledger
package import Logging
import NIOCore
package import Payments
import ServiceLifecycle
package import UnixSignals

/// The daemon: a ledger, a public listener for callbacks, and admin listeners, started and stopped in order.
package struct Daemon: Sendable {
    private let configuration: Configuration
    private let version: String
    private let metrics: PrometheusMetrics
    private let logger: Logger
    private let now: @Sendable () -> Moment

    /// - Parameter version: of this program, which the gateways are told when they are asked.
    package init(
        _ configuration: Configuration,
        version: String,
        metrics: PrometheusMetrics,
        logger: Logger,
        now: @escaping @Sendable () -> Moment
    ) {
        self.configuration = configuration
        self.version = version
        self.metrics = metrics
        self.logger = logger
        self.now = now
    }

    /// Opens the ledger, listens, and returns after a graceful shutdown.
    ///
    /// The order of the stop is that of invariant 15: stop accepting, finish what was accepted, commit, checkpoint, exit.
    ///
    /// - Parameters:
    ///   - reloading: when to read the configuration again while it runs; `nil`: never.
    ///   - supervisor: is told how it fares.
    ///   - listening: is told each address once it accepts connections.
    /// - Throws: ``LedgerError`` if the database cannot be held, ``LedgerFailure`` if it must not be written any more,
    ///   ``CannotListen`` if an address cannot be had.
    package func run(
        stoppingOn signals: [UnixSignal] = [.sigterm, .sigint],
        reloading: Reloading? = nil,
        supervisor: Supervisor? = nil,
        listening: @escaping @Sendable (_ what: Listener, _ address: String) -> Void
    ) async throws {
        let announcer = Announcer(
            supervisor,
            listeners: 1 + configuration.admin.count,
            accounts: configuration.accounts.count,
            logger: logger,
            now: now
        )
        do {
            announcer.isOpening()
            let ledger = try configuration.outline.openLedger()
            announcer.isStarting()
            try await serve(ledger, announcer, stoppingOn: signals, reloading: reloading) { listener, address in
                listening(listener, address)
                announcer.isUp(listener, address)
            }
        } catch {
            announcer.hasFailed(error)
            throw error
        }
        logger.info("stopped")
    }

    private func serve(
        _ ledger: Ledger,
        _ announcer: Announcer,
        stoppingOn signals: [UnixSignal],
        reloading: Reloading?,
        listening: @escaping @Sendable (Listener, String) -> Void
    ) async throws {
        let terms = TermsInForce(try Terms(configuration, ledger: ledger, logger: logger))
        let reconciler = reconciler(ledger)
        let heartbeat = announcer.supervisor.map {
            Heartbeat(every: $0.watchdog.map { $0 / 2 }, ledger: ledger, announcer: announcer, logger: logger, now: now)
        }
        let reloader = reloading.map {
            Reloader($0, terms: terms, ledger: ledger, reconciler: reconciler, announcer: announcer, logger: logger)
        }
        // They are stopped in the reverse order.
        let services: [(any Service)?] =
            [ledger, heartbeat, reconciler, DiskWatch(ledger: ledger, logger: logger, now: now)]
            + [Pruner(ledger: ledger, rule: { terms.current.configuration.retention.rule }, logger: logger, now: now)]
            + configuration.admin.map { admin($0, terms, ledger, listening) }
            + [try publicListener(terms, listening), reloader, Farewell(announcer: announcer)]
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
            throw CannotListen(reason: String(cString: strerror(error.errnoCode)))
        }
    }

    /// What listens.
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

    private func publicListener(
        _ terms: TermsInForce,
        _ listening: @escaping @Sendable (Listener, String) -> Void
    ) throws -> some Service {
        let address = try configuration.supportedAddress()
        let meter = GateMeter()
        return Application(
            responder: CallbackResponder(terms: terms, now: now),
            server: HTTPServerBuilder { responder in
                CallbackChannel(responder: responder, terms: terms, meter: meter)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                backlog: 1024,
                availableConnectionsDelegate: ConnectionBound(terms)
            ),
            onServerRunning: { channel in
                listening(.callbacks, channel.localAddress?.readable ?? address.description)
            },
            logger: quiet
        )
    }

    private func admin(
        _ address: AdminAddress,
        _ terms: TermsInForce,
        _ ledger: Ledger,
        _ listening: @escaping @Sendable (Listener, String) -> Void
    ) -> any Service {
        let bind: BindAddress =
            switch address {
            case .socket(let path): .unixDomainSocket(path: path)
            case .loopback(let address): .hostname(address.host, port: address.port)
            }
        return Application(
            router: AdminResponder(
                ledger: ledger,
                terms: terms,
                metrics: metrics,
                now: now
            ).makeRouter(),
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(address: bind),
            onServerRunning: { channel in
                if case .socket(let path) = address { chmod(path, 0o660) }
                listening(.admin, channel.localAddress?.readable ?? address.description)
            },
            logger: quiet
        )
    }

    /// Hummingbird's own lines would double ours.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

extension Configuration {
    /// Where the public listener listens.
    ///
    /// - Throws: if the configuration asks for what this version cannot do.
    @discardableResult
    package func supportedAddress() throws(NotSupported) -> HostAndPort {
        guard tls == nil else { throw .tls }
        switch listen {
        case .address(let address): return address
        case .systemd: throw .socketActivation
        }
    }
}

/// An address cannot be had.
package struct CannotListen: Error, CustomStringConvertible {
    package let reason: String

    package var description: String {
        "cannot listen (\(reason)): see who uses the addresses under `listen` and `admin` (`ss -ltnp`), or name others"
    }
}

/// What the configuration may say, but this version cannot do.
package enum NotSupported: Error, CustomStringConvertible {
    case socketActivation
    case tls

    package var description: String {
        switch self {
        case .socketActivation: "`listen: systemd` is not supported yet; name an address, such as 127.0.0.1:8080"
        case .tls: "`tls` is not supported yet; let a proxy in front end TLS, and name it under `trusted_proxies`"
        }
    }
}

extension SocketAddress {
    fileprivate var readable: String {
        switch self {
        case .v4: "\(ipAddress ?? ""):\(port ?? 0)"
        case .v6: "[\(ipAddress ?? "")]:\(port ?? 0)"
        case .unixDomainSocket: pathname ?? ""
        }
    }
}
