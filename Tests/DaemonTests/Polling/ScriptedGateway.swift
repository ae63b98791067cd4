import Foundation
import Gateways
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A gateway that answers by a script, over real sockets: each request, on any connection, gets the next act.
final class ScriptedGateway: Sendable {
    enum Act: Sendable {
        case answer(Int, headers: [String] = [], body: String = "")
        case answerLate(Int, body: String, after: Duration)
        /// Bytes as they are.
        case say(String)
        case sayBytes([UInt8])
        /// An answer, and the immediate end of the connection, without announcing it.
        case answerAndLeave(Int, body: String = "")
        case sayAndLeave(String)
        case leave
        case beSilent
        /// Some bytes, and then the same byte repeatedly for as long as the client reads.
        case goOnForever(after: String, pause: Duration)
    }

    let port: Int
    private let acts: Mutex<[Act]>
    private let heard = Mutex<[String]>([])
    private let hearing: AsyncStream<Void>.Continuation
    private let leaving: AsyncStream<Void>.Continuation

    /// Yields when a request was read.
    let requests: AsyncStream<Void>
    /// Yields when a connection was closed by the other side.
    let departures: AsyncStream<Void>

    private init(port: Int, acts: [Act]) {
        self.port = port
        self.acts = Mutex(acts)
        (requests, hearing) = AsyncStream.makeStream()
        (departures, leaving) = AsyncStream.makeStream()
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far, as text.
    var received: [String] { heard.withLock(\.self) }

    /// The first lines of the requests so far, without the version.
    var lines: [String] { received.map { String($0.prefix { $0 != "\r\n" }.split(separator: " HTTP/")[0]) } }

    /// Runs while the story runs. The last act is repeated.
    static func play(_ acts: [Act], _ story: (ScriptedGateway) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let gateway = ScriptedGateway(port: server.channel.localAddress?.port ?? 0, acts: acts)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await withThrowingDiscardingTaskGroup { connections in
                    try await server.executeThenClose { clients in
                        for try await client in clients {
                            connections.addTask { await gateway.serve(client) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            try await story(gateway)
        }
    }

    private func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        // It throws when the other side resets the connection, which is one way to leave.
        try? await client.executeThenClose { inbound, outbound in
            var text = ""
            for try await piece in inbound {
                text += String(buffer: piece)
                guard Self.isWhole(text) else { continue }
                heard.withLock { $0.append(text) }
                hearing.yield()
                text = ""
                guard try await perform(nextAct(), outbound) else { return }
            }
        }
        leaving.yield()
    }

    private static func isWhole(_ text: String) -> Bool {
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        let length = parts[0].lowercased().split(separator: "content-length: ").dropFirst().first?
            .prefix { $0.isNumber }
        return parts[1].utf8.count >= length.flatMap { Int($0) } ?? 0
    }

    private func nextAct() -> Act? {
        acts.withLock { acts in acts.count > 1 ? acts.removeFirst() : acts.first }
    }

    /// Whether the connection goes on.
    private func perform(_ act: Act?, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Bool {
        switch act {
        case .answer(let status, let headers, let body):
            try await outbound.write(ByteBuffer(string: Self.response(status, headers, body)))
            return true
        case .answerLate(let status, let body, let delay):
            try await Task.sleep(for: delay)
            try await outbound.write(ByteBuffer(string: Self.response(status, [], body)))
            return true
        case .answerAndLeave(let status, let body):
            try await outbound.write(ByteBuffer(string: Self.response(status, [], body)))
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
        case .leave, nil:
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

extension ScriptedGateway.Act {
    /// An answer whose body is already compressed.
    static func compressed(by coding: String, base64 text: String) throws -> ScriptedGateway.Act {
        let body = try #require(Data(base64Encoded: text))
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n"
        return .sayBytes(Array(head.utf8) + body)
    }
}

extension ScriptedGateway {
    func ecommpay() throws -> Ecommpay {
        try Ecommpay([
            "project_id": .integer(240), "secrets": .secrets([Secret(name: "1", bytes: Array("secret".utf8))]),
            "api_url": .url(url),
        ])
    }

    func ecomcharge() throws -> EComCharge {
        try EComCharge([
            "shop_id": .integer(1673), "secret": .secrets([Secret(name: "1", bytes: Array("secret".utf8))]),
            "checkout_url": .url("\(url)/checkout"), "gateway_url": .url("\(url)/gateway"),
            "api_url": .url("\(url)/api"),
        ])
    }
}
