import Logging
import NIOCore

/// Stands in a listening socket's pipeline, asks the doorkeeper before it accepts, and rests when the system refuses.
///
/// Where a connection cannot be accepted for want of descriptors or memory it stays with the kernel, which reports it again at
/// once, for ever. SwiftNIO's `AcceptBackoffHandler` only delays reads, and after such an error none is asked for: the
/// read before is still pending. So the door takes itself out of the polling for a while.
final class Door: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private static let rest = TimeAmount.seconds(1)

    private let doorkeeper: Doorkeeper
    private let logger: Logger
    private var isResting = false

    init(_ doorkeeper: Doorkeeper, logger: Logger) {
        self.doorkeeper = doorkeeper
        self.logger = logger
    }

    func read(context: ChannelHandlerContext) {
        guard !isResting, doorkeeper.admits() else { return }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        doorkeeper.accepted(Self.unwrapInboundIn(data))
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, !isResting, doorkeeper.isOpen else {
            return context.fireErrorCaught(error)
        }
        logger.error("a connection cannot be accepted, there will be another attempt", metadata: ["error": "\(error)"])
        isResting = true
        setAutoRead(false, context)
        let door = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.rest) {
            let (door, context) = door.value
            door.isResting = false
            if door.doorkeeper.isOpen { door.setAutoRead(true, context) }
        }
    }

    private func setAutoRead(_ reads: Bool, _ context: ChannelHandlerContext) {
        // Fails only where the channel is closed, which the doorkeeper notices.
        try? context.channel.syncOptions?.setOption(.autoRead, value: reads)
    }
}
