import ConfigurationFile
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// Sets up connections of the public listener: HTTP/1 behind a ``RequestHandler``, within TLS if there is a
/// certificate.
struct CallbackPipeline: Sendable {
    let responder: CallbackResponder
    let serving: CurrentConfiguration
    let metrics: ConnectionMetrics
    let bodyMemory = BodyMemoryBudget()
    let idle = IdleConnections()
    let date: DateHeader

    /// Adds the HTTP handlers to a new connection's pipeline. Called on its event loop.
    func configure(_ channel: any Channel) throws {
        let handler = RequestHandler(
            serving,
            responder: responder,
            metrics: metrics,
            bodyMemory: bodyMemory,
            date: date,
            idle: idle
        )
        let serving = serving.current
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = serving.limits.headBytes
        decoderLimits.maxHeaderListSize = serving.limits.headBytes
        decoderLimits.maxHeaderFieldCount = 100
        let pipeline = channel.pipeline.syncOperations
        let identity = serving.configuration.tls?.identity
        if let identity {
            try pipeline.addHandler(NIOSSLServerHandler(context: identity.context))
        }
        try pipeline.addHandler(ByteCountHandler(handler: handler))
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoderLimits)))
        try pipeline.addHandler(HeadStrictnessHandler())
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: identity != nil))
        try pipeline.addHandler(handler)
    }
}

/// Reports raw bytes to the request handler, so that it can time and bound an incomplete head, and reports other
/// protocols.
private final class ByteCountHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let handler: RequestHandler
    private var foreign = ForeignProtocolWatch()
    private var isForeign = false

    init(handler: RequestHandler) {
        self.handler = handler
    }

    func handlerAdded(context: ChannelHandlerContext) {
        handler.wire = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        handler.wire = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data)
        handler.bytesArrived(bytes)
        isForeign = isForeign || foreign.finds(in: bytes)
        guard !isForeign else { return handler.refuseProtocol() }
        context.fireChannelRead(data)
        handler.bytesDecoded()
    }
}

/// Handles what depends on the version and the spelling of a head, both of which are lost after this handler.
///
/// An ambiguous head is refused like one that cannot be parsed.
///
/// The connection ends with a request if the sender wants that, or if the sender asks for another protocol: SwiftNIO's
/// decoder leaves the bytes after such a request to that protocol's handler, and as there is none here it would never
/// read on. An `Expect` in HTTP/1.0 is ignored (RFC 9110, section 10.1.1): a sender of that version would take `100
/// Continue` for the response.
private final class HeadStrictnessHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        guard case .head(var head) = Self.unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        guard head.isUnambiguous else {
            isRefused = true
            return context.fireErrorCaught(HTTPParserError.unknown)
        }
        let isEnd = endsConnection(head)
        let isOld = (head.version.major, head.version.minor) < (1, 1) && head.headers.contains(name: "Expect")
        guard isEnd || isOld else { return context.fireChannelRead(data) }
        if isEnd { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        if isOld { head.headers.remove(name: "Expect") }
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    private func endsConnection(_ head: HTTPRequestHead) -> Bool {
        !head.isKeepAlive || head.method == .CONNECT || head.headers.contains(name: "Upgrade")
    }
}
