import Logging
import NIOCore

/// Accepts connections on a listening socket when the connection limiter allows it, and backs off when the system
/// refuses.
///
/// A connection that cannot be accepted for lack of descriptors or memory stays in the kernel's queue, which reports it
/// again at once, forever. SwiftNIO's `AcceptBackoffHandler` only delays reads, and after such an error no read is
/// requested: the previous one is still pending. So this handler turns automatic reading off, which takes the socket
/// out of the polling, for a while.
final class AcceptHandler: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private static let rest = TimeAmount.seconds(1)

    private let limiter: ConnectionLimiter
    private let logger: Logger
    private var isResting = false

    init(_ limiter: ConnectionLimiter, logger: Logger) {
        self.limiter = limiter
        self.logger = logger
    }

    func read(context: ChannelHandlerContext) {
        guard !isResting, limiter.admits() else { return }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        limiter.accepted(Self.unwrapInboundIn(data))
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, !isResting, limiter.isOpen else {
            return context.fireErrorCaught(error)
        }
        logger.error("cannot accept a connection, will retry", metadata: ["error": "\(error)"])
        isResting = true
        setAutoRead(false, context)
        let listener = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.rest) {
            let (listener, context) = listener.value
            listener.isResting = false
            if listener.limiter.isOpen { listener.setAutoRead(true, context) }
        }
    }

    private func setAutoRead(_ reads: Bool, _ context: ChannelHandlerContext) {
        // Fails only if the channel is closed, which the connection limiter notices.
        try? context.channel.syncOptions?.setOption(.autoRead, value: reads)
    }
}

/// Hands a connection to the limiter once it is active: until then, the listening socket that accepted it must not
/// close.
final class ConnectionReadyHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let limiter: ConnectionLimiter

    init(_ limiter: ConnectionLimiter) {
        self.limiter = limiter
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        limiter.isReady(context.channel)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
