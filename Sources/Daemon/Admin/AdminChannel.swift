import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Serves HTTP/1.1 as Hummingbird's own channel does, and survives a connection accepted while the listener stops.
///
/// NIO crashes the process when an accepted connection is dropped before it is served («Deinited NIOAsyncWriter without
/// calling finish()», apple/swift-nio#2637): a scrape during shutdown was enough. So each connection is held until it
/// is served; the few that never are, at shutdown, are held until the process ends.
struct AdminChannel: ServerChildChannel {
    private let http: HTTP1Channel
    private let unserved = UnservedConnections()

    init(_ responder: @escaping HTTPChannelHandler.Responder, idleTimeout: TimeAmount) {
        http = HTTP1Channel(responder: responder, configuration: .init(idleTimeout: idleTimeout))
        _ = Unmanaged.passRetained(unserved)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { connection in
            try AdminHeadRules.add(to: channel.pipeline.syncOperations)
            unserved.hold(connection)
            return connection
        }
    }

    func handle(value connection: HTTP1Channel.Value, logger: Logger) async {
        unserved.release(connection)
        await http.handle(value: connection, logger: logger)
    }
}

/// Connections that were accepted but are not being served yet.
private final class UnservedConnections: Sendable {
    private let connections = Mutex<[ObjectIdentifier: HTTP1Channel.Value]>([:])

    func hold(_ connection: HTTP1Channel.Value) {
        connections.withLock { $0[ObjectIdentifier(connection.channel)] = connection }
    }

    func release(_ connection: HTTP1Channel.Value) {
        connections.withLock { $0[ObjectIdentifier(connection.channel)] = nil }
    }
}
