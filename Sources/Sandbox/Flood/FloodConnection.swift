import NIOCore

/// One connection of a flood: sends a request, reads the response, sends the next.
final class FloodConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let course: FloodRun
    private var context: ChannelHandlerContext?
    private var reader = AnswerReader()
    /// When the request that awaits its response was sent.
    private(set) var sentAt: NIODeadline?
    private(set) var wasAnswered = false

    init(course: FloodRun) {
        self.course = course
    }

    /// Sends the next request, if there is one.
    func sendRequest() {
        guard let context, let request = course.nextRequest() else { return }
        sentAt = .now()
        context.writeAndFlush(Self.wrapOutboundOut(request), promise: nil)
    }

    func close() {
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        course.opened(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            guard let sentAt else { throw UnreadableAnswer.unasked }
            guard let answer = try reader.read(Self.unwrapInboundIn(data)) else { return }
            let now = NIODeadline.now()
            self.sentAt = nil
            wasAnswered = true
            course.answered(answer.status, at: now, after: now - sentAt)
            guard !answer.isLast else { return close() }
            course.goesOn(self)
        } catch {
            close()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        course.closed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close()
    }
}
