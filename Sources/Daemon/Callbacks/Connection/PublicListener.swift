import ConfigurationFile
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Listens for callbacks, on a socket of its own or on those that systemd passed, and serves the connections.
///
/// A graceful shutdown stops accepting, answers what was accepted, and returns. If a listening socket fails, the
/// listener stops in the same way, and then throws ``ListenError``.
struct PublicListener: Service {
    enum Place: Sendable {
        case address(HostAndPort)
        case passed([PassedSocket])
    }

    private let place: Place
    private let channel: CallbackPipeline
    private let limiter: ConnectionLimiter
    private let logger: Logger
    private let listening: @Sendable (String) -> Void

    /// - Parameter listening: called with the addresses, once all of them accept connections.
    init(
        at place: Place,
        channel: CallbackPipeline,
        logger: Logger,
        listening: @escaping @Sendable (_ addresses: String) -> Void
    ) {
        self.place = place
        self.channel = channel
        self.logger = logger
        self.listening = listening
        limiter = ConnectionLimiter(
            idle: channel.idle,
            log: ConnectionLimitLog(logger, now: channel.responder.now)
        ) { channel.serving.current.configuration.limits.connections }
    }

    func run() async throws {
        try await withGracefulShutdownHandler {
            let listeners = try await listeners()
            // The limiter holds the configuration, for its limit; the reverse reference must be weak, or it would keep
            // the ledger alive.
            channel.serving.whenReplaced { [weak limiter] in limiter?.mayAdmitMore() }
            limiter.open(listeners)
            listening(listeners.map { $0.localAddress?.readable ?? "a socket without a name" }.joined(separator: ", "))
            await withDiscardingTaskGroup { group in
                for await connection in limiter.connections {
                    group.addTask { await closed(connection) }
                }
                if Task.isCancelled { limiter.closeAtOnce() }
            }
            if limiter.hasLostListener { throw ListenError.anyMore }
        } onGracefulShutdown: {
            limiter.close()
        }
    }

    /// Waits until a connection is closed, which its ``RequestHandler`` serves meanwhile.
    private func closed(_ connection: any Channel) async {
        await withTaskCancellationHandler {
            // Never fails: NIO succeeds it in every case.
            try? await connection.closeFuture.get()
        } onCancel: {
            connection.close(promise: nil)
        }
    }

    /// The listening sockets, not accepting yet.
    private func listeners() async throws -> [any Channel] {
        switch place {
        case .address(let address):
            let bootstrap = bootstrap.serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            do {
                return [try await bootstrap.bind(host: address.host, port: address.port).get()]
            } catch {
                guard let failure = ListenError(error, at: address.description, for: .callbacks) else { throw error }
                throw failure
            }
        case .passed(let sockets):
            var listeners: [any Channel] = []
            for socket in sockets {
                listeners.append(try await bootstrap.withBoundSocket(socket.descriptor).get())
                // SwiftNIO has just set the backlog to 128. This restores the kernel's maximum, as systemd had set it.
                listen(socket.descriptor, .max)
            }
            return listeners
        }
    }

    private var bootstrap: ServerBootstrap {
        let (channel, limiter, logger) = (channel, limiter, logger)
        return ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { listener in
                listener.eventLoop.makeCompletedFuture {
                    try listener.pipeline.syncOperations.addHandler(AcceptHandler(limiter, logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // One piece at a time, so that a backlog is noticed before the next; and a request comes in one.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try channel.configure(child)
                    try child.pipeline.syncOperations.addHandler(ConnectionReadyHandler(limiter))
                }
            }
    }
}

extension SocketAddress {
    /// The address as written in the configuration.
    var readable: String {
        switch self {
        case .v4: "\(ipAddress ?? ""):\(port ?? 0)"
        case .v6: "[\(ipAddress ?? "")]:\(port ?? 0)"
        case .unixDomainSocket: pathname ?? ""
        }
    }
}
