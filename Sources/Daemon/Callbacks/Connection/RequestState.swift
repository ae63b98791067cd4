import ConfigurationFile
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What requests are judged by: the part of a ``ServingConfiguration`` that a connection needs.
protocol RequestRules: Sendable {
    var validator: HeadValidator { get }
    var limits: ConnectionLimits { get }
    /// How much of the memory bodies may take.
    var bodyLimits: Configuration.Limits { get }
}

/// Where a connection is in its requests: a pure state machine beside the ``RequestHandler``.
///
/// It is told what comes in, and when, and returns what is to be done; it knows no channel and waits for nothing. Requests are
/// passed on one at a time, whole and within their limits. A request keeps the rules that were current when its head arrived.
struct RequestState<Rules: RequestRules> {
    enum Action {
        case none
        /// Send `100 Continue`.
        case sendContinue
        /// Hand a whole request to the application, which answers it: ``answered(_:at:)``.
        case pass(head: HTTPRequest, account: String, body: ByteBuffer, Rules)
        case reply(Reply)
        /// Close the sending side and read on, so that the sender can read what it was sent.
        case linger
        case close
        /// Nothing yet: look at the deadline again when it is over.
        case wait(until: NIODeadline)
    }

    struct Reply {
        let response: CallbackResponse
        /// How long the application took; `nil` where the reply does not come from there.
        let elapsed: TimeAmount?
        /// Whether the connection ends with it; then the sending side is closed, and the rest read and dropped.
        let closes: Bool
        /// HEAD is answered without a body (RFC 9110, section 9.3.2).
        let hasBody: Bool
        /// The target of a request for a path that is no account's.
        let unknownTarget: String?
    }

    /// What becomes of the connection when the sender has closed its side.
    enum InputEnd {
        case close
        /// What came before it is answered first: ``takeInputEnd()``.
        case later
    }

    private enum Phase {
        /// Waiting for the first byte of a request; of the first one of the connection if it is fresh.
        case waiting(isFresh: Bool, isIdle: Bool)
        /// Waiting for the rest of a head.
        case arriving(bytes: Int, RequestLine)
        /// Waiting for the rest of a body.
        case receiving(HTTPRequest, account: String, ByteBuffer, Exchange)
        /// Waiting for the end of a request without a body, which is then refused.
        case refusing(CallbackResponse, Exchange)
        /// Waiting for the application.
        case answering(Exchange, since: NIODeadline)
        /// Waiting for the sender to read the answer; whatever still comes is dropped.
        case closing
    }

    /// What is known of a request once its head has been read.
    private struct Exchange {
        /// Whether the connection ends with it.
        var closes: Bool
        var isHead: Bool
        /// Bytes of the memory for bodies.
        var reserved = 0
    }

    /// What came while the application was busy with the request before.
    private struct Backlog {
        var parts = CircularBuffer<HTTPRequestPart>()
        /// Whether bytes came that are no part yet.
        var hasBytes = false
        var wantsToRead = false
        var hasInputEnd = false
    }

    private static var longestBacklog: Int { 16 }

    private let current: @Sendable () -> Rules
    private let bodyMemory: BodyMemoryBudget
    private var rules: Rules
    private var phase = Phase.waiting(isFresh: true, isIdle: false)
    private var backlog = Backlog()
    private var deadline: NIODeadline
    private var isStopping = false

    init(bodyMemory: BodyMemoryBudget, at now: NIODeadline, current: @escaping @Sendable () -> Rules) {
        self.current = current
        self.bodyMemory = bodyMemory
        rules = current()
        deadline = now + rules.limits.requestTime
    }

    /// The rules of the request that is under way, or of the last one.
    var limits: ConnectionLimits { rules.limits }

    var isWaiting: Bool {
        if case .waiting = phase { true } else { false }
    }

    /// Whether the connection may be closed in favour of another one.
    var isIdle: Bool {
        if case .waiting(_, isIdle: true) = phase { true } else { false }
    }

    // MARK: What comes in

    /// Raw bytes have arrived, of which nothing has been decoded yet.
    mutating func bytesArrived(_ bytes: ByteBuffer, at now: NIODeadline) {
        switch phase {
        case .waiting:
            rules = current()
            var line = RequestLine()
            line.append(bytes)
            phase = .arriving(bytes: bytes.readableBytes, line)
            deadline = now + (isStopping ? rules.limits.stopTime : rules.limits.requestTime)
        case .arriving(let before, var line):
            line.append(bytes)
            phase = .arriving(bytes: before + bytes.readableBytes, line)
        case .answering:
            backlog.hasBytes = true
        case .receiving, .refusing, .closing:
            break
        }
    }

    /// All bytes so far have been decoded: limits a request that is still not whole.
    mutating func bytesDecoded(at now: NIODeadline) -> Action {
        switch phase {
        case .arriving(let bytes, _) where bytes > rules.limits.headBytes:
            return refuseHead(at: now)
        case .receiving(let head, let account, let body, var exchange):
            let bytes = body.capacity - exchange.reserved
            guard bytes > 0 else { return .none }
            guard bodyMemory.acquire(bytes, within: rules.bodyLimits) else { return refuse(.comeAgain, at: now) }
            exchange.reserved += bytes
            phase = .receiving(head, account: account, body, exchange)
            return .none
        case .waiting, .arriving, .refusing, .answering, .closing:
            return .none
        }
    }

    mutating func received(_ part: HTTPRequestPart, at now: NIODeadline) -> Action {
        if case .answering = phase {
            backlog.parts.append(part)
            return .none
        }
        return process(part, at: now)
    }

    private mutating func process(_ part: HTTPRequestPart, at now: NIODeadline) -> Action {
        switch (phase, part) {
        case (.closing, _):
            return .none
        case (_, .head(let head)):
            return begin(head, at: now)
        case (.receiving(let head, let account, var body, let exchange), .body(let bytes)):
            guard body.readableBytes + bytes.readableBytes <= rules.validator.bodyLimit else {
                return refuse(.tooLarge, at: now)
            }
            // The phase gives up its reference first: otherwise each piece would copy all that came before it.
            phase = .closing
            body.writeImmutableBuffer(bytes)
            phase = .receiving(head, account: account, body, exchange)
            return .none
        case (.receiving(let head, let account, let body, let exchange), .end):
            phase = .answering(exchange, since: now)
            return .pass(head: head, account: account, body: body, rules)
        case (.refusing(let response, _), .end):
            return .reply(makeReply(response, after: nil, closing: false, at: now))
        case (.refusing, .body):
            return refuse(.malformed, at: now)
        case (.waiting, _), (.arriving, _), (.answering, _):
            return .none
        }
    }

    private mutating func begin(_ head: HTTPRequest, at now: NIODeadline) -> Action {
        let exchange = Exchange(
            closes: isStopping || head.headerFields.text(.connection) == "close",
            isHead: head.method == .head
        )
        switch rules.validator.judge(head) {
        case .admitted(let account):
            phase = .receiving(head, account: account, ByteBuffer(), exchange)
            return head.headerFields.text(.expect) == nil ? .none : .sendContinue
        case .refused(let response):
            phase = .refusing(response, exchange)
            // A sender that asks for an unknown path keeps no connection.
            guard response != .notFound else { return refuse(response, at: now, unknownTarget: head.path) }
            let length = head.headerFields.text(.contentLength) ?? "0"
            let hasBody = length != "0" || head.headerFields.text(.transferEncoding) != nil
            return hasBody || exchange.closes ? refuse(response, at: now) : .none
        }
    }

    /// The head or the body cannot be parsed. What came before it is still answered.
    mutating func parserFailed(isHeadTooLarge: Bool, at now: NIODeadline) -> Action {
        switch phase {
        case .closing:
            return .none
        case .answering(var exchange, let since):
            exchange.closes = true
            phase = .answering(exchange, since: since)
            return .none
        case .waiting, .arriving, .receiving, .refusing:
            return isHeadTooLarge ? refuseHead(at: now) : refuse(.malformed, at: now)
        }
    }

    mutating func inputClosed() -> InputEnd {
        guard case .answering = phase else { return .close }
        backlog.hasInputEnd = true
        return .later
    }

    // MARK: What goes out

    /// The application has answered the request that was passed to it.
    ///
    /// - Returns: `nil` if the request was answered here already, or the connection is going.
    mutating func answered(_ response: CallbackResponse, at now: NIODeadline) -> Reply? {
        guard case .answering(let exchange, let since) = phase else { return nil }
        return makeReply(response, after: now - since, closing: exchange.closes, at: now)
    }

    /// What is to be done next with what came while the application was busy; `nil` when there is nothing, or it is busy again.
    mutating func nextOfBacklog(at now: NIODeadline) -> Action? {
        if case .answering = phase { return nil }
        return backlog.parts.popFirst().map { process($0, at: now) }
    }

    /// Whether to read from the socket now. Reading goes on while the application works, up to a limit: to stop it each time would
    /// cost two system calls. Otherwise ``takeRead()`` says when.
    mutating func mayRead() -> Bool {
        guard case .answering = phase, backlog.parts.count >= Self.longestBacklog else { return true }
        backlog.wantsToRead = true
        return false
    }

    /// Whether a read was held back that may take place now.
    mutating func takeRead() -> Bool {
        guard backlog.wantsToRead else { return false }
        backlog.wantsToRead = false
        return mayRead()
    }

    /// Whether the sender has closed its side behind what came before.
    mutating func takeInputEnd() -> Bool {
        defer { backlog.hasInputEnd = false }
        return backlog.hasInputEnd
    }

    // MARK: Time, and the end

    /// Looks at the deadline, at least every second. A fresh connection is left alone until the first of these looks: its sender is
    /// about to speak.
    mutating func tick(at now: NIODeadline) -> Action {
        if case .waiting(let isFresh, _) = phase { phase = .waiting(isFresh: isFresh, isIdle: true) }
        guard deadline <= now else { return .none }
        switch phase {
        // A client that has sent nothing is not answered; one that has may be sending more just now, and sees a clean end.
        case .waiting(isFresh: true, _), .closing:
            return .close
        case .waiting(isFresh: false, _):
            linger(at: now)
            return .linger
        case .arriving, .receiving, .refusing:
            return refuse(.tooSlow, at: now)
        case .answering:
            return .none
        }
    }

    /// Answers what has begun to come, and closes. Where nothing has, some time is left for what is on its way: to close at once
    /// would reset a request that was sent just now.
    mutating func stop(at now: NIODeadline) -> Action {
        isStopping = true
        switch phase {
        case .waiting:
            deadline = min(deadline, now + rules.limits.partingTime)
            return .wait(until: deadline)
        case .refusing(let response, _):
            return refuse(response, at: now)
        case .receiving(let head, let account, let body, var exchange):
            exchange.closes = true
            phase = .receiving(head, account: account, body, exchange)
            deadline = min(deadline, now + rules.limits.stopTime)
            return .none
        case .arriving:
            deadline = min(deadline, now + rules.limits.stopTime)
            return .none
        case .answering(var exchange, let since):
            exchange.closes = true
            phase = .answering(exchange, since: since)
            return .none
        case .closing:
            return .none
        }
    }

    /// The connection is gone.
    mutating func end() {
        release()
        phase = .closing
    }

    // MARK: Replies

    private mutating func refuseHead(at now: NIODeadline) -> Action {
        guard case .arriving(_, let line) = phase else { return refuse(.headersTooLarge, at: now) }
        return refuse(line.isTooLong ? .uriTooLong : .headersTooLarge, at: now)
    }

    /// Answers at once and closes, though the sender may still be sending.
    private mutating func refuse(
        _ response: CallbackResponse,
        at now: NIODeadline,
        unknownTarget: String? = nil
    ) -> Action {
        if case .closing = phase { return .none }
        return .reply(makeReply(response, after: nil, closing: true, at: now, unknownTarget: unknownTarget))
    }

    private mutating func makeReply(
        _ response: CallbackResponse,
        after elapsed: TimeAmount?,
        closing: Bool,
        at now: NIODeadline,
        unknownTarget: String? = nil
    ) -> Reply {
        let reply = Reply(
            response: response,
            elapsed: elapsed,
            closes: closing,
            hasBody: exchange?.isHead != true,
            unknownTarget: unknownTarget
        )
        release()
        if closing { linger(at: now) } else { waitForNext(at: now) }
        return reply
    }

    private var exchange: Exchange? {
        switch phase {
        case .receiving(_, _, _, let exchange), .refusing(_, let exchange), .answering(let exchange, _): exchange
        case .waiting, .arriving, .closing: nil
        }
    }

    private mutating func release() {
        if let reserved = exchange?.reserved, reserved > 0 { bodyMemory.release(reserved) }
    }

    private mutating func waitForNext(at now: NIODeadline) {
        let isAmidNext = backlog.hasBytes || !backlog.parts.isEmpty
        backlog.hasBytes = false
        if isAmidNext { rules = current() }
        phase = isAmidNext ? .arriving(bytes: 0, .ended) : .waiting(isFresh: false, isIdle: true)
        deadline = now + (isAmidNext ? rules.limits.requestTime : rules.limits.idleTime)
    }

    private mutating func linger(at now: NIODeadline) {
        phase = .closing
        backlog.parts.removeAll()
        deadline = now + rules.limits.lingerTime
    }
}
