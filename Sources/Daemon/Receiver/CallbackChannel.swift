import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection of the public listener: HTTP/1 behind a ``Gate``.
struct CallbackChannel: ServerChildChannel, HTTPChannelHandler {
    /// An open connection, and the terms of the request that it is at.
    struct Value: ServerChildChannelValue {
        let requests: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let terms: TermsInForce

        var channel: any Channel { requests.channel }
    }

    let responder: HTTPChannelHandler.Responder
    let terms: TermsInForce
    let meter: GateMeter

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let limits = terms.current.limits
            let termsOfRequest = TermsInForce(terms.current)
            let gate = Gate(terms, ofRequest: termsOfRequest, meter: meter)
            var decoderLimits = NIOHTTPDecoderLimitConfiguration()
            decoderLimits.maxHeaderFieldSize = limits.headBytes
            decoderLimits.maxHeaderListSize = limits.headBytes
            decoderLimits.maxHeaderFieldCount = 100
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ByteWatch(gate: gate))
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: decoderLimits
            )
            try pipeline.addHandler(ConnectionWish())
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(gate)
            try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
            let requests = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
            return Value(requests: requests, terms: termsOfRequest)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await TermsInForce.$ofConnection.withValue(value.terms) {
            await handleHTTP(asyncChannel: value.requests, logger: logger)
        }
    }
}

/// Tells the gate of raw bytes, so that it can time and bound a head that is not complete yet.
private final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let gate: Gate

    init(gate: Gate) {
        self.gate = gate
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        gate.bytesArrived(Self.unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
        gate.bytesDecoded()
    }
}

/// Spells out whether the sender wants the connection closed: version and spelling are lost behind this point.
private final class ConnectionWish: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = Self.unwrapInboundIn(data), !head.isKeepAlive else {
            return context.fireChannelRead(data)
        }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }
}
