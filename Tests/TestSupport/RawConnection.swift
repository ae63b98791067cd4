package import NIOCore
import NIOPosix
package import NIOSSL

/// A TCP connection that sends any bytes, and reads what arrives.
package struct RawConnection {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    package private(set) var received = ""

    /// Opens a connection, runs the story, and closes the connection.
    ///
    /// - Parameter tls: what to trust, if the connection is to be encrypted.
    package static func open(
        to port: Int,
        tls: NIOSSLContext? = nil,
        _ story: (inout RawConnection) async throws -> Void
    ) async throws {
        try await open(to: SocketAddress(ipAddress: "127.0.0.1", port: port), tls: tls, story)
    }

    package static func open(
        to address: SocketAddress,
        tls: NIOSSLContext? = nil,
        _ story: (inout RawConnection) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(outbound: outbound, inbound: inbound.makeAsyncIterator())
            try await story(&connection)
        }
    }

    private init(
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) {
        self.outbound = outbound
        self.inbound = inbound
    }

    package func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// Closes this side: nothing more is sent.
    package func finish() {
        outbound.finish()
    }

    /// Sends characters one by one with pauses between them, until the other side closes the connection.
    package func drip(_ text: String, every pause: Duration) async {
        for character in text {
            guard (try? await send(String(character))) != nil else { return }  // Closed, as intended.
            try? await Task.sleep(for: pause)  // Ends early only with the test.
        }
    }

    /// Reads until that many complete responses have arrived.
    package mutating func responses(_ count: Int) async throws -> [String] {
        while statuses.count < count || received.utf8.last != UInt8(ascii: "\n") {
            guard let piece = try await inbound.next() else { break }
            received += String(buffer: piece)
        }
        return statuses
    }

    /// Reads until the other side closes.
    package mutating func rest() async throws -> [String] {
        while let piece = try await inbound.next() { received += String(buffer: piece) }
        return statuses
    }

    /// The status codes received, in order.
    package var statuses: [String] {
        received.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.1 ") || $0.contains("\nHTTP/1.1 ") }.compactMap
        {
            $0.split(separator: "HTTP/1.1 ").last?.split(separator: " ").first.map(String.init)
        }
    }
}

extension RawConnection {
    /// Sends one request in one piece, and returns the status codes until the connection is closed or the response is
    /// complete.
    package static func ask(
        _ port: Int,
        tls: NIOSSLContext? = nil,
        _ request: String
    ) async throws -> (statuses: [String], text: String) {
        let (answers, answer) = AsyncStream<(statuses: [String], text: String)>.makeStream()
        try await open(to: port, tls: tls) { connection in
            try await connection.send(request)
            let statuses = try await connection.responses(1)
            answer.yield((statuses: statuses, text: connection.received))
        }
        for await first in answers { return first }
        return ([], "")
    }
}
