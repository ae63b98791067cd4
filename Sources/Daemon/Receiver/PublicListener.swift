import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Listens for callbacks, on a socket of its own or on those that systemd passed, and serves what comes.
///
/// A graceful shutdown stops accepting, answers what was accepted, and returns. Where a listening socket fails, it stops in the
/// same way, and then throws ``CannotListen``.
struct PublicListener: Service {
    enum Place: Sendable {
        case address(HostAndPort)
        case passed([PassedSocket])
    }

    private let place: Place
    private let channel: CallbackChannel
    private let doorkeeper: Doorkeeper
    private let logger: Logger
    private let listening: @Sendable (String) -> Void

    /// - Parameter listening: is told the addresses, once all of them accept connections.
    init(
        at place: Place,
        channel: CallbackChannel,
        logger: Logger,
        listening: @escaping @Sendable (_ addresses: String) -> Void
    ) {
        self.place = place
        self.channel = channel
        self.logger = logger
        self.listening = listening
        doorkeeper = Doorkeeper(
            idle: channel.idle,
            log: ConnectionLimitLog(logger, now: channel.responder.now)
        ) { channel.terms.current.configuration.limits.connections }
    }

    func run() async throws {
        try await withGracefulShutdownHandler {
            let doors = try await doors()
            // The doorkeeper holds the terms, for its limit: they must not hold it, and with it the ledger.
            channel.terms.whenReplaced { [weak doorkeeper] in doorkeeper?.mayAdmitMore() }
            doorkeeper.open(doors)
            listening(doors.map { $0.localAddress?.readable ?? "a socket without a name" }.joined(separator: ", "))
            await withDiscardingTaskGroup { group in
                for await connection in doorkeeper.connections {
                    group.addTask { await channel.serve(connection) }
                }
                if Task.isCancelled { doorkeeper.closeAtOnce() }
            }
            if doorkeeper.hasLostDoor { throw CannotListen.anyMore }
        } onGracefulShutdown: {
            doorkeeper.close()
        }
    }

    /// The listening sockets, which do not accept yet.
    private func doors() async throws -> [any Channel] {
        switch place {
        case .address(let address):
            let bootstrap = bootstrap.serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            return [try await bootstrap.bind(host: address.host, port: address.port).get()]
        case .passed(let sockets):
            var doors: [any Channel] = []
            for socket in sockets {
                doors.append(try await bootstrap.withBoundSocket(socket.descriptor).get())
                // SwiftNIO has just set the backlog to 128. The kernel's bound holds, as where systemd set it.
                listen(socket.descriptor, .max)
            }
            return doors
        }
    }

    private var bootstrap: ServerBootstrap {
        let (channel, doorkeeper, logger) = (channel, doorkeeper, logger)
        return ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { door in
                door.eventLoop.makeCompletedFuture {
                    try door.pipeline.syncOperations.addHandler(Door(doorkeeper, logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    let connection = try channel.furnish(child)
                    try child.pipeline.syncOperations.addHandler(Arrival(connection, doorkeeper))
                }
            }
    }
}
