import ConfigurationFile
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import OperatorPage

/// Applies the rules of the public connections to an admin connection: no other protocol, no ambiguous head, no endless
/// URI.
///
/// A violation is passed on as a parser error, which Hummingbird answers with 400 before it closes the connection.
/// Hummingbird has no 414, so that is sent here, unless another response is under way.
final class AdminHeadRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var context: ChannelHandlerContext?
    private var line = RequestLine()
    private var unanswered = 0
    private var isRefused = false

    /// Adds the rules to a pipeline that Hummingbird has already set up.
    static func add(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        let rules = AdminHeadRules()
        let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(rules, position: .before(codec))
        try pipeline.addHandler(ByteCountHandler(rules: rules), position: .first)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            guard head.uri.utf8.count <= HeadValidator.longestURI else { return refuse(.uriTooLong) }
            guard head.isUnambiguous else { return refuse(.badRequest) }
            unanswered += 1
        case .body: break
        case .end: line = RequestLine()
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isRefused else { return }
        guard case HTTPParserError.headerOverflow = error, line.isTooLong else { return context.fireErrorCaught(error) }
        refuse(.uriTooLong)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = Self.unwrapOutboundIn(data) { unanswered -= 1 }
        context.write(data, promise: promise)
    }

    private func refuse(_ status: HTTPResponseStatus) {
        guard let context, !isRefused else { return }
        isRefused = true
        guard status == .uriTooLong, unanswered == 0 else { return context.fireErrorCaught(HTTPParserError.unknown) }
        let headers = HTTPHeaders([("Connection", "close"), ("Content-Length", "0")])
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    /// Looks at raw bytes, the only place where another protocol can be recognized.
    private final class ByteCountHandler: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer

        private let rules: AdminHeadRules
        private var foreign = ForeignProtocolWatch()

        init(rules: AdminHeadRules) {
            self.rules = rules
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Self.unwrapInboundIn(data)
            rules.line.append(bytes)
            if foreign.finds(in: bytes) { rules.refuse(.badRequest) }
            if !rules.isRefused { context.fireChannelRead(data) }
        }
    }
}

/// Refuses requests to an admin listener over TCP that a web page in a browser on this machine could have sent.
///
/// A page can send requests to any address. With DNS rebinding it can even do so under its own host name and read the
/// responses, but then `Host` names the page's host, which is not one of this machine's names. Instructions must
/// declare JSON, which a page may send to another origin only with that origin's consent; the forms of the operator's
/// page bring a token. A Unix socket is out of a browser's reach.
struct CrossSiteGuard: RouterMiddleware {
    typealias Context = BasicRequestContext

    let serving: CurrentConfiguration

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let host = request.head.authority ?? ""
        guard isOurs(host) else { return try Response(refusal: .foreignHost(host)) }
        let isJSON = request.isJSON && request.headers[.contentType] != nil
        guard request.method != .post || isJSON || OperatorPage.takesForms(at: request.uri.path) else {
            return try Response(refusal: .notJSON)
        }
        guard !isOfOtherSite(request) else { return try Response(refusal: .otherSite) }
        return try await next(request, context)
    }

    /// Whether a page of another site asks, which could not read the answer, but make work, or false entries in the log.
    /// Links lead here from anywhere, but to nothing of that kind.
    private func isOfOtherSite(_ request: Request) -> Bool {
        guard request.method == .get, let site = Self.site, request.headers[site] == "cross-site" else { return false }
        let isLink = Self.mode.map { request.headers[$0] == "navigate" } ?? false
        return !isLink || request.uri.path.hasPrefix("/v1/") || request.uri.queryParameters["show"] != nil
    }

    private static let site = HTTPField.Name("Sec-Fetch-Site")
    private static let mode = HTTPField.Name("Sec-Fetch-Mode")

    private func isOurs(_ host: String) -> Bool {
        guard let name = try? HostAndPort(host.lowercased(), portUnlessGiven: 0) else { return false }
        return name.isLoopback || serving.current.configuration.adminHosts.contains(name.host)
    }
}
