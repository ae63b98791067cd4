import Daemon
import DaemonTestSupport
import Foundation
import NIOCore
import TestSupport
import Testing

/// Malformed HTTP, on the public and on the admin listener, through real sockets.
@Suite(.timeLimit(.minutes(1))) struct HTTPStrictnessTests {
    /// The lines of a head without the path, and the response.
    static let heads: [(String, [String])] = [
        // The host is given exactly once.
        ("400", ["HTTP/1.1", "Content-Length: 2"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Host: localhost", "Content-Length: 2"]),
        ("400", ["HTTP/1.1", "Host: localhost", "hOST: example.org", "Content-Length: 2"]),
        ("400", ["HTTP/1.0", "Host: localhost", "Host: localhost", "Content-Length: 2"]),
        // No other protocol.
        ("400", ["RTSP/1.0", "Host: localhost", "Content-Length: 2"]),
        ("400", ["RTSP/1.1", "Host: localhost", "Content-Length: 2"]),
        ("400", ["ICE/1.0", "Host: localhost", "Content-Length: 2"]),
        ("400", ["HTTP/2.0", "Host: localhost", "Content-Length: 2"]),
        ("400", ["HTTP/0.9", "Host: localhost", "Content-Length: 2"]),
        ("400", ["HTTP/1.9", "Host: localhost", "Content-Length: 2"]),
        ("400", ["HTTPS/1.1", "Host: localhost", "Content-Length: 2"]),
        ("400", ["http/1.1", "Host: localhost", "Content-Length: 2"]),
        // So is the length of the body.
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: xchunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked, identity"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: identity"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked, chunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: gzip, chunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked;x=y"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: \u{0B}chunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: x", "Transfer-Encoding: chunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked", "Transfer-encoding: x"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked", "Content-Length: 2"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Content-Length: 2", "Transfer-Encoding: chunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Transfer-Encoding : chunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "X: y", " Transfer-Encoding: chunked"]),
        ("400", ["HTTP/1.0", "Host: localhost", "Transfer-Encoding: chunked"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Content-Length: 2", "Content-Length: 2"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Content-Length: 2", "Content-Length: 3"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Content-Length: 2, 2"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Content-Length: +2"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Content-Length: -2"]),
        ("400", ["HTTP/1.1", "Host: localhost", "Content-Length: 0x2"]),
    ]

    /// Sends a request that is answered, after which the connection is closed, whatever was sent behind it.
    private func ask(_ port: Int, _ text: String) async throws -> [String] {
        let (answers, answer) = AsyncStream<[String]>.makeStream()
        try await RawConnection.open(to: port) { connection in
            try await connection.send(text)
            answer.yield(try await connection.rest())
        }
        for await statuses in answers { return statuses }
        return []
    }

    @Test func `a head that another could read otherwise is refused, and nothing behind it is read`() async throws {
        try await RunningDaemon.run { daemon in
            let behind = request(body: try SignedCallback.ecommpay("EP-smuggled"))
            for (status, lines) in Self.heads {
                let head = lines.joined(separator: "\r\n")
                let method = lines[0].hasPrefix("ICE") ? "SOURCE" : "POST"
                let statuses = try await ask(daemon.port, "\(method) /callbacks/ecp \(head)\r\n\r\n{}\(behind)")
                #expect(statuses == [status], "\(lines)")
                let admin = try await ask(
                    daemon.adminPort,
                    "\(method) /v1/prune \(head)\r\nContent-Type: application/json\r\n\r\n{}"
                )
                #expect(admin == [status], "admin: \(lines)")
            }
            #expect(try daemon.payments().isEmpty)
        }
    }

    @Test(arguments: [4097, 20_000, 200_000])
    func `a URI that is too long is 414, whatever its length`(length: Int) async throws {
        try await RunningDaemon.run { daemon in
            for port in [daemon.port, daemon.adminPort] {
                for path in ["/callbacks/", "/healthz?"] {
                    let uri = path + String(repeating: "x", count: length - path.count)
                    let answer = try await RawConnection.ask(port, request("GET", uri))
                    #expect(answer.statuses == ["414"], "\(port == daemon.port ? "public" : "admin") \(path)")
                }
            }
        }
    }

    @Test func `another protocol is found wherever its line comes in pieces, and behind a request`() async throws {
        try await RunningDaemon.run { daemon in
            let callback = request(body: try SignedCallback.ecommpay("EP-1"))
            let foreign = callback.replacing("HTTP/1.1", with: "RTSP/1.0")
            let end = foreign.utf8.distance(
                from: foreign.utf8.startIndex,
                to: try #require(foreign.utf8.firstIndex(of: UInt8(ascii: "\n")))
            )
            for length in end - 12...end + 1 {
                try await RawConnection.open(to: daemon.port) { connection in
                    try await connection.send(String(foreign.prefix(length)))
                    try await Task.sleep(for: .milliseconds(5))
                    try? await connection.send(String(foreign.dropFirst(length)))  // It may be refused already.
                    #expect(try await connection.rest() == ["400"], "\(length - end)")
                }
            }
            #expect(try daemon.payments().isEmpty)
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(callback)
                #expect(try await connection.responses(1) == ["200"])
                try await connection.send(foreign)
                #expect(try await connection.rest() == ["200", "400"])
            }
        }
    }

    @Test func `what only looks like it is taken`() async throws {
        try await RunningDaemon.run { daemon in
            let body = try SignedCallback.ecommpay("EP-1", members: #","description":"GET / RTSP/1.0\r\nICE/1.0""#)
            let chunked = "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
            for (head, body) in [
                ("HTTP/1.1\r\nHost:\r\nContent-Length: \(body.utf8.count)", body),
                ("HTTP/1.1\r\nhost: anything.example\r\nContent-Length: \(body.utf8.count)", body),
                ("HTTP/1.0\r\nContent-Length: \(body.utf8.count)", body),
                ("HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked", chunked),
            ] {
                let text = "POST /callbacks/ecp \(head)\r\n\r\n\(body)"
                #expect(try await RawConnection.ask(daemon.port, text).statuses == ["200"], "\(head)")
            }
        }
    }
}
