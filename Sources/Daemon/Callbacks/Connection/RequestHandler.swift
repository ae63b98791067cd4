import ConfigurationFile
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// Stands between the wire and the application, and lets in nothing but whole, bounded requests, one at a time.
///
/// What is to be done is decided by its ``RequestState``; this handler does it: it validates heads, collects bodies, keeps the
/// deadline (also against a sender who drips bytes), answers what is refused, and closes lingeringly, so that the sender can read
/// the answer although it is still sending. It lives on its connection's event loop.
final class RequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let responder: CallbackResponder
    private let metrics: ConnectionMetrics
    private let date: DateHeader
    private let idle: IdleConnections
    private var place: IdleConnections.Place?
    /// Whether it is listed among the idle connections.
    private var isListed = false
    private var state: RequestState<ServingConfiguration>
    private var ticks: RepeatedTask?
    private var context: ChannelHandlerContext?
    private var isWorkingOff = false
    /// The address at the other end; `unix` if it has none.
    private var peer = "unix"

    init(
        _ current: CurrentConfiguration,
        responder: CallbackResponder,
        metrics: ConnectionMetrics,
        bodyMemory: BodyMemoryBudget,
        date: DateHeader,
        idle: IdleConnections
    ) {
        self.responder = responder
        self.metrics = metrics
        self.date = date
        self.idle = idle
        state = RequestState(bodyMemory: bodyMemory, at: .now()) { current.current }
    }

    /// Where bytes go out as they are, before whatever decodes what comes in.
    var wire: ChannelHandlerContext?

    // MARK: What comes in

    /// Counts raw bytes, before anything is decoded of them.
    func bytesArrived(_ bytes: ByteBuffer) {
        state.bytesArrived(bytes, at: .now())
        listIfIdle()
    }

    /// Bounds a request that is still not whole after all its bytes were decoded.
    func bytesDecoded() {
        perform(state.bytesDecoded(at: .now()))
    }

    /// Refuses what is of another protocol; what came before it is still answered.
    func refuseProtocol() {
        perform(state.parserFailed(isHeadTooLarge: false, at: .now()))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(state.received(Self.unwrapInboundIn(data), at: .now()))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: perform(state.stop(at: .now()))
        case let event as ChannelEvent where event == .inputClosed: inputClosed(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func inputClosed(_ context: ChannelHandlerContext) {
        switch state.inputClosed() {
        case .close: closeBehindAnswers(context)
        case .later: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // The sender has closed its side without TLS's goodbye: a request that lacks something is noticed anyway.
        case NIOSSLError.uncleanShutdown: break
        case HTTPParserError.headerOverflow: perform(state.parserFailed(isHeadTooLarge: true, at: .now()))
        case is HTTPParserError, is HTTP1TypeConversionError:
            perform(state.parserFailed(isHeadTooLarge: false, at: .now()))
        default: context.close(promise: nil)
        }
    }

    // MARK: What goes out

    /// The receiver has answered the request that was passed to it; by then the connection may be gone.
    private func answered(_ response: CallbackResponse) {
        guard let context, let reply = state.answered(response, at: .now()) else { return }
        send(reply, context)
        listIfIdle()
    }

    func read(context: ChannelHandlerContext) {
        if state.mayRead() { context.read() }
    }

    private func perform(_ action: RequestState<ServingConfiguration>.Action) {
        guard let context else { return }
        switch action {
        case .none:
            break
        case .sendContinue:
            wire?.writeAndFlush(NIOAny(CallbackResponse.continuation), promise: nil)
        case .pass(let head, let account, let body, let serving):
            let request = CallbackRequest(head: head, account: account, body: body, serving: serving)
            let (handler, eventLoop) = (NIOLoopBound(self, eventLoop: context.eventLoop), context.eventLoop)
            responder.respond(to: request, from: peer) { response in
                eventLoop.execute { handler.value.answered(response) }
            }
        case .reply(let reply):
            send(reply, context)
        case .linger:
            linger(context)
        case .close:
            context.close(promise: nil)
        case .wait(let deadline):
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(deadline: deadline) { handler.value.tick() }
        }
        listIfIdle()
    }

    private func send(
        _ reply: RequestState<ServingConfiguration>.Reply,
        _ context: ChannelHandlerContext
    ) {
        if let target = reply.unknownTarget { metrics.isUnknown(CallbackPath.withoutQuery(target)) }
        metrics.answered(reply.response.status, after: reply.elapsed)
        let bytes = reply.response.encoded(date: date.text, closes: reply.closes, hasBody: reply.hasBody)
        wire?.writeAndFlush(NIOAny(bytes), promise: nil)
        if reply.closes { linger(context) } else { workOffBacklog(context) }
    }

    /// Serves what came while the application was busy, one after another: a reply to one of them does not begin again here.
    private func workOffBacklog(_ context: ChannelHandlerContext) {
        guard !isWorkingOff else { return }
        isWorkingOff = true
        defer { isWorkingOff = false }
        while let action = state.nextOfBacklog(at: .now()) { perform(action) }
        if state.takeRead() { context.read() }
        if state.takeInputEnd() { inputClosed(context) }
    }

    /// Closes once the sender has taken all answers: what is not written yet would be lost. The deadline closes in any case.
    private func closeBehindAnswers(_ context: ChannelHandlerContext) {
        let written = context.eventLoop.makePromise(of: Void.self)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in handler.value.context?.close(promise: nil) }
        wire?.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
    }

    private func linger(_ context: ChannelHandlerContext) {
        // Nothing more would tell that the sender has finished.
        guard !state.takeInputEnd() else { return closeBehindAnswers(context) }
        context.close(mode: .output, promise: nil)
        context.read()
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = context.channel.remoteAddress?.ipAddress.map { IPAddress($0)?.description ?? $0 } ?? peer
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let interval = TimeAmount.nanoseconds(
            max(10_000_000, min(state.limits.requestTime.nanoseconds / 4, 1_000_000_000))
        )
        ticks = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            handler.value.tick()
        }
        metrics.opened()
        let place = idle.opened(handler, on: context.eventLoop)
        self.place = place
        // After the connection limiter, which asked first: what is counted no longer must not be missed among those that leave.
        context.channel.closeFuture.whenComplete { [idle] _ in idle.closed(place) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ticks?.cancel()
        (self.context, wire) = (nil, nil)
        state.end()
        metrics.closed()
    }

    private func tick() {
        perform(state.tick(at: .now()))
    }

    /// Lists the connection among the idle ones, or takes it from the list.
    private func listIfIdle() {
        guard let place, state.isIdle != isListed else { return }
        isListed.toggle()
        if isListed { idle.isIdle(place) } else { idle.isBusy(place) }
    }

    /// Closes the connection for another one, if it still waits for a request.
    func makeRoom() {
        guard let context, state.isWaiting else { return }
        // TLS would wait for the sender's goodbye.
        let outermost = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (outermost ?? context).close(promise: nil)
    }
}
