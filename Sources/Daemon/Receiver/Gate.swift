import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Stands between the wire and the application, and lets in nothing but whole, bounded requests.
///
/// It judges heads, collects bodies, keeps the deadline (also against a sender who drips bytes), answers what is refused, and
/// closes lingeringly, so that the sender can read the answer although it is still sending. The application only ever sees a
/// head, one body and an end; one request at a time.
final class Gate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// For the first byte of a request.
        case waiting
        /// For the rest of its head.
        case arriving(bytes: Int)
        /// For the rest of its body.
        case receiving(HTTPRequest, ByteBuffer)
        /// For the end of a request without a body, which is then refused.
        case refusing(Answer)
        /// For the application.
        case answering
        /// For the sender to read the answer; whatever still comes is dropped.
        case closing
    }

    private static let longestBacklog = 16

    private let termsInForce: TermsInForce
    /// Where those who answer find the terms of the request that was passed to them.
    private let termsOfRequest: TermsInForce
    private let meter: GateMeter
    /// Of the request that the connection is at, or of the next one.
    private var terms: Terms
    private var state = State.waiting
    private var deadline: NIODeadline
    private var ticks: RepeatedTask?
    /// What came while the application was busy with the request before.
    private var backlog = CircularBuffer<HTTPRequestPart>()
    private var hasBytesBehind = false
    private var wantsToRead = false
    private var closesAfterAnswer = false
    private var quiescesAfterRequest = false
    private var receivedAt = NIODeadline.now()

    init(_ termsInForce: TermsInForce, ofRequest termsOfRequest: TermsInForce, meter: GateMeter) {
        self.termsInForce = termsInForce
        self.termsOfRequest = termsOfRequest
        self.meter = meter
        terms = termsInForce.current
        deadline = .now() + terms.limits.requestTime
    }

    // MARK: What comes in

    /// Counts raw bytes, before anything is decoded of them.
    func bytesArrived(_ count: Int) {
        switch state {
        case .waiting:
            terms = termsInForce.current
            state = .arriving(bytes: count)
            deadline = .now() + terms.limits.requestTime
        case .arriving(let bytes):
            state = .arriving(bytes: bytes + count)
        case .answering:
            hasBytesBehind = true
        case .receiving, .refusing, .closing:
            break
        }
    }

    /// Bounds a head that is still not whole after all its bytes were decoded.
    func bytesDecoded() {
        guard case .arriving(let bytes) = state, bytes > terms.limits.headBytes else { return }
        refuse(.headersTooLarge)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        if case .answering = state {
            backlog.append(part)
        } else {
            take(part, context)
        }
    }

    private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.closing, _): break
        case (_, .head(let head)): take(head, context)
        case (.receiving(let head, var body), .body(let bytes)):
            guard body.readableBytes + bytes.readableBytes <= terms.admission.bodyLimit else {
                return refuse(.tooLarge)
            }
            // The state gives up its reference first: otherwise each piece would copy all that came before it.
            state = .waiting
            body.writeImmutableBuffer(bytes)
            state = .receiving(head, body)
        case (.receiving(let head, let body), .end): pass(head, body, context)
        case (.refusing(let answer), .end): answerAndStay(answer, context)
        case (.refusing, .body): refuse(.malformed)
        case (.waiting, _), (.arriving, _), (.answering, _): break
        }
    }

    private func take(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        closesAfterAnswer = quiescesAfterRequest || head.headerFields[.connection] == "close"
        guard let answer = terms.admission.refusal(of: head) else {
            state = .receiving(head, context.channel.allocator.buffer(capacity: 0))
            if head.headerFields[.expect] != nil {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
            return
        }
        let length = head.headerFields[.contentLength] ?? "0"
        // A HEAD's answer would have to be without a body: it is simply the last one.
        guard length == "0", head.headerFields[.transferEncoding] == nil, !closesAfterAnswer, head.method != .head
        else {
            return refuse(answer)
        }
        state = .refusing(answer)
    }

    /// Hands a whole request to the application.
    private func pass(_ head: HTTPRequest, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        state = .answering
        receivedAt = .now()
        termsOfRequest.replace(with: terms)
        context.fireChannelRead(wrapInboundOut(.head(head)))
        context.fireChannelRead(wrapInboundOut(.body(body)))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
        if quiescesAfterRequest { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    // MARK: What goes out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch (state, Self.unwrapOutboundIn(data)) {
        case (.answering, .head(var head)):
            if closesAfterAnswer { head.headerFields[.connection] = "close" }
            meter.answered(head.status, after: .now() - receivedAt)
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case (.answering, .body):
            context.write(data, promise: promise)
        case (.answering, .end):
            context.write(data, promise: promise)
            if closesAfterAnswer {
                // The application closes its side; the sender gets time to read, and no more.
                state = .closing
                deadline = .now() + terms.limits.lingerTime
            } else {
                waitForNext(context)
            }
        case (.waiting, _), (.arriving, _), (.receiving, _), (.refusing, _), (.closing, _):
            // The request was answered here already, or the connection is going.
            promise?.fail(ChannelError.ioOnClosedChannel)
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

    private func answerAndStay(_ answer: Answer, _ context: ChannelHandlerContext) {
        send(answer, closing: false, context)
        waitForNext(context)
    }

    private func waitForNext(_ context: ChannelHandlerContext) {
        let isInMidst = hasBytesBehind || !backlog.isEmpty
        hasBytesBehind = false
        if isInMidst { terms = termsInForce.current }
        state = isInMidst ? .arriving(bytes: 0) : .waiting
        deadline = .now() + (isInMidst ? terms.limits.requestTime : terms.limits.idleTime)
        while let part = backlog.popFirst() {
            take(part, context)
            if case .answering = state { return }
        }
        if wantsToRead {
            wantsToRead = false
            context.read()
        }
    }

    private var context: ChannelHandlerContext?

    /// Answers at once and closes, though the sender may still be sending: it gets time to read the answer.
    private func refuse(_ answer: Answer) {
        guard let context else { return }
        if case .closing = state { return }
        send(answer, closing: true, context)
        linger(context)
    }

    private func send(_ answer: Answer, closing: Bool, _ context: ChannelHandlerContext) {
        var fields = answer.fields
        if closing { fields[.connection] = "close" }
        meter.answered(answer.status, after: nil)
        context.write(wrapOutboundOut(.head(HTTPResponse(status: answer.status, headerFields: fields))), promise: nil)
        context.write(wrapOutboundOut(.body(answer.bytes)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func linger(_ context: ChannelHandlerContext) {
        state = .closing
        backlog.removeAll()
        deadline = .now() + terms.limits.lingerTime
        context.close(mode: .output, promise: nil)
        context.read()
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let gate = NIOLoopBound(self, eventLoop: context.eventLoop)
        let interval = TimeAmount.nanoseconds(
            max(10_000_000, min(terms.limits.requestTime.nanoseconds / 4, 1_000_000_000))
        )
        ticks = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            gate.value.tick()
        }
        meter.opened()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ticks?.cancel()
        self.context = nil
        meter.closed()
    }

    private func tick() {
        guard let context, deadline <= .now() else { return }
        switch state {
        case .waiting, .closing: context.close(promise: nil)
        case .arriving, .receiving, .refusing: refuse(.tooSlow)
        case .answering: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, state) {
        case (is ChannelShouldQuiesceEvent, .arriving), (is ChannelShouldQuiesceEvent, .receiving):
            quiescesAfterRequest = true
            closesAfterAnswer = true
        case (is ChannelShouldQuiesceEvent, .refusing(let answer)):
            refuse(answer)
        case (is ChannelShouldQuiesceEvent, .closing):
            break
        case (let event as ChannelEvent, .closing) where event == .inputClosed:
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (state, error) {
        case (.closing, _): break
        case (.answering, is HTTPParserError):
            // What came before the rubbish is still answered.
            closesAfterAnswer = true
        case (_, HTTPParserError.headerOverflow): refuse(.headersTooLarge)
        case (_, is HTTPParserError), (_, is HTTP1TypeConversionError): refuse(.malformed)
        default: context.close(promise: nil)
        }
    }
}
