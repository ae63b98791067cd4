import NIOCore

/// Stands in a listening socket's pipeline, and asks the doorkeeper before it accepts.
final class Door: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let doorkeeper: Doorkeeper

    init(_ doorkeeper: Doorkeeper) {
        self.doorkeeper = doorkeeper
    }

    func read(context: ChannelHandlerContext) {
        guard doorkeeper.admits() else { return }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        doorkeeper.accepted(Self.unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}
