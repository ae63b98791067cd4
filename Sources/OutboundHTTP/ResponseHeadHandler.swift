import NIOCore
import NIOHTTP1

/// Sits between the HTTP parser and AsyncHTTPClient, and passes on only response heads that the client can handle.
///
/// The parser passes on any three digits as a status. The client (1.37.0) ignores every head below 200 as
/// informational, so what follows one of `000` to `099` meets a state machine that waits for a head, and crashes the
/// process. Informational heads were not asked for: a few are skipped (RFC 9110, section 15.2); more than that, or a
/// switch of protocols, is an error.
final class ResponseHeadHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private static let mostInformational = 8

    private var informational = 0
    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        guard case .head(let head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        switch head.status.code {
        case 100, 102..<200:
            informational += 1
            if informational > Self.mostInformational { refuse(context) }
        case 200...:
            informational = 0
            context.fireChannelRead(data)
        default: refuse(context)
        }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isRefused = true
        context.fireErrorCaught(HTTPParserError.invalidStatus)
        context.close(promise: nil)
    }

    /// Adds a handler after the parser of a connection that AsyncHTTPClient has just set up.
    static func add(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(ResponseHeadHandler(), position: .after(parser))
        }
    }
}
