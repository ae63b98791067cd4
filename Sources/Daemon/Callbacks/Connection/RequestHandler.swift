import ConfigurationFile
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// Stands between the wire and the application, and lets in nothing but whole, bounded requests.
///
/// It judges heads, collects bodies, keeps the deadline (also against a sender who drips bytes), answers what is refused, and
/// closes lingeringly, so that the sender can read the answer although it is still sending. The application only ever sees
/// whole requests, one at a time.
final class RequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = CallbackRequest
    typealias OutboundIn = CallbackResponse
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// For the first byte of a request.
        case waiting
        /// For the rest of its head.
        case arriving(bytes: Int)
        /// For the rest of its body.
        case receiving(HTTPRequest, account: String, ByteBuffer)
        /// For the end of a request without a body, which is then refused.
        case refusing(CallbackResponse)
        /// For the application.
        case answering
        /// For the sender to read the answer; whatever still comes is dropped.
        case closing
    }

    private static let longestBacklog = 16

    private let current: CurrentConfiguration
    private let metrics: ConnectionMetrics
    private let bodyMemory: BodyMemoryBudget
    private let date: DateHeader
    private let idle: IdleConnections
    private var place: IdleConnections.Place?
    /// Whether it stands among the idle.
    private var isIdle = false
    /// Of the request that the connection is at, or of the next one.
    private var serving: ServingConfiguration
    private var state = State.waiting
    private var deadline: NIODeadline
    private var ticks: RepeatedTask?
    /// What came while the application was busy with the request before.
    private var backlog = CircularBuffer<HTTPRequestPart>()
    private var hasBytesBehind = false
    private var line = RequestLine()
    private var wantsToRead = false
    /// The sender has closed its side, which is not passed on before the backlog is.
    private var hasEndBehind = false
    /// What is held of the allowance, in bytes.
    private var allowed = 0
    private var closesAfterAnswer = false
    /// Whether the request is a HEAD, whose answer has no body (RFC 9110, section 9.3.2).
    private var isHead = false
    private var isStopping = false
    private var isFresh = true
    private var receivedAt = NIODeadline.now()

    init(
        _ current: CurrentConfiguration,
        metrics: ConnectionMetrics,
        bodyMemory: BodyMemoryBudget,
        date: DateHeader,
        idle: IdleConnections
    ) {
        self.current = current
        self.metrics = metrics
        self.bodyMemory = bodyMemory
        self.date = date
        self.idle = idle
        serving = current.current
        deadline = .now() + serving.limits.requestTime
    }

    // MARK: What comes in

    /// Counts raw bytes, before anything is decoded of them.
    func bytesArrived(_ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        switch state {
        case .waiting:
            isBusy()
            serving = current.current
            state = .arriving(bytes: count)
            line = RequestLine()
            line.append(bytes)
            deadline = .now() + (isStopping ? serving.limits.stopTime : serving.limits.requestTime)
        case .arriving(let before):
            state = .arriving(bytes: before + count)
            line.append(bytes)
        case .answering:
            hasBytesBehind = true
        case .receiving, .refusing, .closing:
            break
        }
    }

    /// Bounds a request that is still not whole after all its bytes were decoded.
    func bytesDecoded() {
        switch state {
        case .arriving(let bytes):
            if bytes > serving.limits.headBytes { refuseHead() }
        case .receiving(_, _, let body):
            let bytes = body.capacity - allowed
            guard bytes > 0 else { return }
            guard bodyMemory.acquire(bytes, within: serving.configuration.limits) else {
                return refuse(.comeAgain)
            }
            allowed += bytes
        case .waiting, .refusing, .answering, .closing:
            break
        }
    }

    /// Refuses what is of another protocol; what came before it is still answered.
    func refuseProtocol() {
        if case .answering = state {
            closesAfterAnswer = true
        } else {
            refuse(.malformed)
        }
    }

    private func refuseHead() {
        refuse(line.isTooLong ? .uriTooLong : .headersTooLarge)
    }

    private func releaseBodyMemory() {
        guard allowed > 0 else { return }
        bodyMemory.release(allowed)
        allowed = 0
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        if case .answering = state {
            backlog.append(part)
        } else {
            receive(part, context)
        }
    }

    private func receive(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.closing, _): break
        case (_, .head(let head)): receive(head, context)
        case (.receiving(let head, let account, var body), .body(let bytes)):
            guard body.readableBytes + bytes.readableBytes <= serving.validator.bodyLimit else {
                return refuse(.tooLarge)
            }
            // The state gives up its reference first: otherwise each piece would copy all that came before it.
            state = .waiting
            body.writeImmutableBuffer(bytes)
            state = .receiving(head, account: account, body)
        case (.receiving(let head, let account, let body), .end): pass(head, account, body, context)
        case (.refusing(let response), .end): answerAndStay(response, context)
        case (.refusing, .body): refuse(.malformed)
        case (.waiting, _), (.arriving, _), (.answering, _): break
        }
    }

    private func receive(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        isBusy()
        closesAfterAnswer = isStopping || head.headerFields[.connection] == "close"
        isHead = head.method == .head
        switch serving.validator.judge(head) {
        case .admitted(let account):
            state = .receiving(head, account: account, context.channel.allocator.buffer(capacity: 0))
            if head.headerFields[.expect] != nil {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .refused(let response):
            // Whoever asks for what is not there has no business here, and keeps no place.
            let isUnknown = response == .notFound
            if isUnknown, let target = head.path { metrics.isUnknown(CallbackPath.withoutQuery(target)) }
            let length = head.headerFields[.contentLength] ?? "0"
            guard length == "0", head.headerFields[.transferEncoding] == nil, !closesAfterAnswer, !isUnknown else {
                return refuse(response)
            }
            state = .refusing(response)
        }
    }

    /// Hands a whole request to the application.
    private func pass(_ head: HTTPRequest, _ account: String, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        state = .answering
        receivedAt = .now()
        let request = CallbackRequest(head: head, account: account, body: body, serving: serving)
        context.fireChannelRead(wrapInboundOut(request))
        context.fireChannelReadComplete()
    }

    // MARK: What goes out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // In any other state the request was answered here already, or the connection is going.
        guard case .answering = state else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let response = Self.unwrapOutboundIn(data)
        send(response, after: .now() - receivedAt, closing: closesAfterAnswer, context, promise)
        if closesAfterAnswer {
            linger(context)
        } else {
            waitForNext(context)
        }
    }

    func read(context: ChannelHandlerContext) {
        // Reading goes on while the application works, up to a bound: to stop it each time would cost two system calls.
        if case .answering = state, backlog.count >= Self.longestBacklog {
            wantsToRead = true
        } else {
            context.read()
        }
    }

    private func answerAndStay(_ response: CallbackResponse, _ context: ChannelHandlerContext) {
        send(response, after: nil, closing: false, context)
        waitForNext(context)
    }

    private func waitForNext(_ context: ChannelHandlerContext) {
        let isInMidst = hasBytesBehind || !backlog.isEmpty
        hasBytesBehind = false
        isFresh = false
        isHead = false
        if isInMidst { serving = current.current }
        state = isInMidst ? .arriving(bytes: 0) : .waiting
        deadline = .now() + (isInMidst ? serving.limits.requestTime : serving.limits.idleTime)
        if !isInMidst { beginToIdle() }
        while let part = backlog.popFirst() {
            receive(part, context)
            if case .answering = state { return }
        }
        if wantsToRead {
            wantsToRead = false
            context.read()
        }
        if hasEndBehind {
            hasEndBehind = false
            userInboundEventTriggered(context: context, event: ChannelEvent.inputClosed)
        }
    }

    private var context: ChannelHandlerContext?

    /// Answers at once and closes, though the sender may still be sending: it gets time to read the answer.
    private func refuse(_ response: CallbackResponse) {
        guard let context else { return }
        if case .closing = state { return }
        send(response, after: nil, closing: true, context)
        linger(context)
    }

    /// - Parameter time: that the application took; `nil` where the answer is the gate's own.
    private func send(
        _ response: CallbackResponse,
        after time: TimeAmount?,
        closing: Bool,
        _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>? = nil
    ) {
        var fields = response.fields
        fields[.date] = date.text
        if closing { fields[.connection] = "close" }
        metrics.answered(response.status, after: time)
        releaseBodyMemory()
        context.write(wrapOutboundOut(.head(HTTPResponse(status: response.status, headerFields: fields))), promise: nil)
        if !isHead { context.write(wrapOutboundOut(.body(response.bytes)), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    private func linger(_ context: ChannelHandlerContext) {
        state = .closing
        isBusy()
        backlog.removeAll()
        deadline = .now() + serving.limits.lingerTime
        context.close(mode: .output, promise: nil)
        context.read()
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let interval = TimeAmount.nanoseconds(
            max(10_000_000, min(serving.limits.requestTime.nanoseconds / 4, 1_000_000_000))
        )
        ticks = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            handler.value.tick()
        }
        metrics.opened()
        let place = idle.opened(handler, on: context.eventLoop)
        self.place = place
        // After the doorkeeper, who asked first: what is counted no longer must not be missed among those that leave.
        context.channel.closeFuture.whenComplete { [idle] _ in idle.closed(place) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ticks?.cancel()
        self.context = nil
        releaseBodyMemory()
        metrics.closed()
    }

    private func beginToIdle() {
        guard !isIdle, let place else { return }
        isIdle = true
        idle.isIdle(place)
    }

    private func isBusy() {
        guard isIdle, let place else { return }
        isIdle = false
        idle.isBusy(place)
    }

    /// Closes the connection for another one, if it still waits for a request.
    func makeRoom() {
        guard let context, case .waiting = state else { return }
        // TLS would wait for the sender's goodbye.
        let outermost = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (outermost ?? context).close(promise: nil)
    }

    private func tick() {
        // Whoever has just come is about to speak, and is let; a tick later he is as idle as any other.
        if case .waiting = state { beginToIdle() }
        guard let context, deadline <= .now() else { return }
        switch state {
        // Who has said nothing yet is owed nothing; who has may be saying more just now, and sees the end in good order.
        case .waiting where isFresh: context.close(promise: nil)
        case .waiting: linger(context)
        case .closing: context.close(promise: nil)
        case .arriving, .receiving, .refusing: refuse(.tooSlow)
        case .answering: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, state) {
        case (is ChannelShouldQuiesceEvent, _):
            stop(context)
        case (let event as ChannelEvent, .closing) where event == .inputClosed:
            context.close(promise: nil)
        case (let event as ChannelEvent, .answering) where event == .inputClosed && !backlog.isEmpty:
            hasEndBehind = true
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Answers what has begun to come, and closes. Where nothing has, there is a moment left for what is on its way: to
    /// close at once would reset a request that was sent just now.
    private func stop(_ context: ChannelHandlerContext) {
        isStopping = true
        closesAfterAnswer = true
        switch state {
        case .waiting:
            deadline = min(deadline, .now() + serving.limits.partingTime)
            let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(deadline: deadline) { handler.value.tick() }
        case .refusing(let response):
            refuse(response)
        case .arriving, .receiving:
            deadline = min(deadline, .now() + serving.limits.stopTime)
        case .answering, .closing:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (state, error) {
        case (.closing, _): break
        // The sender has closed its side without TLS's goodbye: a request that lacks something is noticed anyway.
        case (_, NIOSSLError.uncleanShutdown): break
        case (.answering, is HTTPParserError):
            // What came before the rubbish is still answered.
            closesAfterAnswer = true
        case (_, HTTPParserError.headerOverflow): refuseHead()
        case (_, is HTTPParserError), (_, is HTTP1TypeConversionError): refuse(.malformed)
        default: context.close(promise: nil)
        }
    }
}
