import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on a free port that answers each request as a script says, by the request's number, and keeps the bodies.
final class ScriptedServer: Sendable {
    enum Answer: Sendable {
        case status(Int, afterMilliseconds: Int64 = 0)
        /// Answers with `Connection: close`.
        case last
        case hangUp
        case silence
        case rubbish
    }

    private let script: @Sendable (Int) -> Answer
    private let received = Mutex<[[UInt8]]>([])

    var bodies: [[UInt8]] { received.withLock { $0 } }

    private init(_ script: @escaping @Sendable (Int) -> Answer) {
        self.script = script
    }

    static func run<Output>(
        _ script: @escaping @Sendable (Int) -> Answer,
        story: (_ port: Int, ScriptedServer) async throws -> Output
    ) async throws -> Output {
        let server = ScriptedServer(script)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ScriptedConnection(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let output: Output
        do {
            output = try await story(channel.localAddress?.port ?? 0, server)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
        return output
    }

    fileprivate func answer(to body: [UInt8]) -> Answer {
        script(
            received.withLock { received in
                received.append(body)
                return received.count - 1
            }
        )
    }
}

private final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: ScriptedServer
    private var body: [UInt8] = []

    init(_ server: ScriptedServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head: body = []
        case .body(let bytes): body += bytes.readableBytesView
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        switch server.answer(to: body) {
        case .status(let status, let delay):
            context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(delay)) {
                self.write(status, [:], context)
            }
        case .last: write(200, ["Connection": "close"], context)
        case .hangUp: context.close(promise: nil)
        case .silence: return
        case .rubbish:
            // Written behind the encoder, because no HTTP encoder would write it.
            let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            let bytes = ByteBuffer(string: "220 mail.example.com ESMTP\r\n\r\n")
            encoder?.writeAndFlush(NIOAny(bytes), promise: nil)
        }
    }

    private func write(_ status: Int, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
        head.headers.add(name: "Content-Length", value: "3")
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "OK\n")))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}
