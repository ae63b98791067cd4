import DaemonTestSupport
import TestSupport
import Testing

/// How connections end, through real sockets.
@Suite(.timeLimit(.minutes(1))) struct ConnectionEndTests {
    static let upgrades: [(String, String)] = [
        ("404", "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n"),
        ("404", request("GET", "/", ["Connection: Upgrade", "Upgrade: websocket"])),
        ("403", request("POST", "/callbacks/ecp", ["Connection: Upgrade", "Upgrade: h2c"], body: "{}")),
    ]

    @Test(arguments: upgrades)
    func `who wants to speak another protocol is answered, and closed`(_ status: String, _ text: String) async throws {
        try await RunningDaemon.run { daemon in
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(text)
                #expect(try await connection.rest() == [status])
                #expect(connection.received.contains("Connection: close"))
            }
        }
    }

    @Test func `who has said all and closes his side gets every answer`() async throws {
        try await RunningDaemon.run { daemon in
            try await RawConnection.open(to: daemon.port) { connection in
                let callbacks = try (1...20).map { request(body: try SignedCallback.ecommpay("EP-\($0)")) }
                try await connection.send(callbacks.joined() + request("GET", "/nothing"))
                connection.finish()
                #expect(try await connection.rest() == Array(repeating: "200", count: 20) + ["404"])
            }
            #expect(try daemon.payments().count == 20)
        }
    }
}
