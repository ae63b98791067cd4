package import Gateways
import NIOCore
import NIOPosix
import Synchronization

/// A gateway, or another server, that answers by a script, over real sockets: each request, on any connection, gets the
/// next act.
package final class ScriptedGateway: Sendable {
    package enum Act: Sendable {
        case answer(Int, headers: [String] = [], body: String = "")
        case answerLate(Int, body: String, after: Duration)
        /// Bytes as they are.
        case say(String)
        case sayBytes([UInt8])
        /// An answer, and the immediate end of the connection, without announcing it.
        case answerAndLeave(Int, headers: [String] = [], body: String = "")
        case sayAndLeave(String)
        case leave
        case beSilent
        /// Some bytes, and then the same byte repeatedly for as long as the client reads.
        case goOnForever(after: String, pause: Duration)
    }

    package let port: Int
    private let script: @Sendable (_ number: Int) -> Act
    private let heard = Mutex<[Request]>([])
    private let hearing: AsyncStream<Void>.Continuation
    private let leaving: AsyncStream<Void>.Continuation

    /// Yields when a request was read.
    package let requests: AsyncStream<Void>
    /// Yields when a connection was closed by the other side.
    package let departures: AsyncStream<Void>

    private struct Request {
        let bytes: [UInt8]
        /// Where the body begins.
        let bodyStart: Int

        /// `nil` while it is incomplete.
        init?(_ bytes: [UInt8]) {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
            let length = head.split(separator: "content-length: ").dropFirst().first?.prefix { $0.isNumber }
            guard bytes.count - end.upperBound >= length.flatMap({ Int($0) }) ?? 0 else { return nil }
            (self.bytes, bodyStart) = (bytes, end.upperBound)
        }

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var body: [UInt8] { Array(bytes[bodyStart...]) }
    }

    private init(port: Int, script: @escaping @Sendable (Int) -> Act) {
        self.port = port
        self.script = script
        (requests, hearing) = AsyncStream.makeStream()
        (departures, leaving) = AsyncStream.makeStream()
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far, as text.
    package var received: [String] { heard.withLock { $0.map(\.text) } }

    /// The bodies of the requests so far.
    package var bodies: [[UInt8]] { heard.withLock { $0.map(\.body) } }

    /// The first lines of the requests so far, without the version.
    package var lines: [String] { received.map { String($0.prefix { $0 != "\r\n" }.split(separator: " HTTP/")[0]) } }

    /// Runs while the story runs. The last act is repeated.
    package static func play(_ acts: [Act], _ story: (ScriptedGateway) async throws -> Void) async throws {
        try await play(by: { acts.isEmpty ? .leave : acts[min($0, acts.count - 1)] }, story: story)
    }

    /// Runs while the story runs.
    ///
    /// - Parameter script: the act for the n-th request, counted from 0.
    package static func play<Output>(
        by script: @escaping @Sendable (_ number: Int) -> Act,
        story: (ScriptedGateway) async throws -> Output
    ) async throws -> Output {
        // A connection becomes an asynchronous channel only when it is served: one that is accepted while the story ends is
        // dropped, and an asynchronous channel that nobody has served ends the process (swift-nio #2637).
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { $0.eventLoop.makeSucceededFuture($0) }
        let gateway = ScriptedGateway(port: server.channel.localAddress?.port ?? 0, script: script)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            // Ahead of tests that compute: those who wait for its answers have deadlines.
            group.addTask(priority: .high) {
                try await withThrowingDiscardingTaskGroup { connections in
                    try await server.executeThenClose { clients in
                        for try await client in clients {
                            connections.addTask { await gateway.serve(client) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await story(gateway)
        }
    }

    private func serve(_ connection: any Channel) async {
        let client = try? await connection.eventLoop.submit {
            let client = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: connection)
            try connection.syncOptions?.setOption(.autoRead, value: true)
            return client
        }.get()
        // It throws when the other side resets the connection, which is one way to leave.
        try? await client?.executeThenClose { inbound, outbound in
            var bytes: [UInt8] = []
            for try await piece in inbound {
                bytes += piece.readableBytesView
                guard let request = Request(bytes) else { continue }
                bytes = []
                let number = heard.withLock { heard in
                    heard.append(request)
                    return heard.count - 1
                }
                hearing.yield()
                guard try await perform(script(number), outbound) else { return }
            }
        }
        leaving.yield()
    }

    /// Whether the connection goes on.
    private func perform(_ act: Act, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Bool {
        switch act {
        case .answer(let status, let headers, let body):
            try await outbound.write(ByteBuffer(string: Self.response(status, headers, body)))
            return true
        case .answerLate(let status, let body, let delay):
            try await Task.sleep(for: delay)
            try await outbound.write(ByteBuffer(string: Self.response(status, [], body)))
            return true
        case .answerAndLeave(let status, let headers, let body):
            try await outbound.write(ByteBuffer(string: Self.response(status, headers, body)))
            return false
        case .say(let text):
            try await outbound.write(ByteBuffer(string: text))
            return true
        case .sayBytes(let bytes):
            try await outbound.write(ByteBuffer(bytes: bytes))
            return true
        case .sayAndLeave(let text):
            try await outbound.write(ByteBuffer(string: text))
            return false
        case .leave:
            return false
        case .beSilent:
            return true
        case .goOnForever(let text, let pause):
            try await outbound.write(ByteBuffer(string: text))
            while true {
                try await outbound.write(ByteBuffer(string: pause == .zero ? String(repeating: "x", count: 4096) : "x"))
                try await Task.sleep(for: pause)
            }
        }
    }

    private static func response(_ status: Int, _ headers: [String], _ body: String) -> String {
        (["HTTP/1.1 \(status) Whatever", "Content-Length: \(body.utf8.count)"] + headers).joined(separator: "\r\n")
            + "\r\n\r\n" + body
    }
}

extension ScriptedGateway {
    package func ecommpay() throws -> Ecommpay {
        try Ecommpay([
            "project_id": .integer(240), "secrets": .secrets([Secret(name: "1", bytes: Array("secret".utf8))]),
            "api_url": .url(url),
        ])
    }

    package func ecomcharge() throws -> EComCharge {
        try EComCharge([
            "shop_id": .integer(1673), "secret": .secrets([Secret(name: "1", bytes: Array("secret".utf8))]),
            "checkout_url": .url("\(url)/checkout"), "gateway_url": .url("\(url)/gateway"),
            "api_url": .url("\(url)/api"),
        ])
    }
}
