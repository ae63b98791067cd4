import Glibc
import NIOCore
import TestSupport
import Testing

/// A connection that sends a request and stays open, without a task or event loop of its own, so that any number of
/// them is cheap.
final class KeptSocket: Sendable {
    private let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)

    init(to port: Int) throws {
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let status = try SocketAddress(ipAddress: "127.0.0.1", port: port).withSockAddr { address, size in
            connect(descriptor, address, socklen_t(size))
        }
        try #require(status == 0)
    }

    deinit {
        close(descriptor)
    }

    /// Sends a request that is refused, which leaves the connection open.
    func ask() {
        let text = Array(request("GET").utf8)
        send(descriptor, text, text.count, Int32(MSG_NOSIGNAL))
    }

    /// Whether a response arrives.
    var isAnswered: Bool {
        var bytes = [UInt8](repeating: 0, count: 1024)
        return recv(descriptor, &bytes, bytes.count, 0) > 0
    }

    /// Whether the other side has closed.
    var isClosed: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }
}
