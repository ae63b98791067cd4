import NIOCore

/// Hands a connection over as soon as it is up: before that, the door that accepted it must not close.
final class Arrival: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let connection: Doorkeeper.Connection
    private let doorkeeper: Doorkeeper

    init(_ connection: Doorkeeper.Connection, _ doorkeeper: Doorkeeper) {
        self.connection = connection
        self.doorkeeper = doorkeeper
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        doorkeeper.isReady(connection)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
