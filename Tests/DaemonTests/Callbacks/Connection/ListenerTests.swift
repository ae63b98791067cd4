import ConfigurationFile
import Daemon
import DaemonTestSupport
import Ledger
import TestSupport
import Testing

/// The public listener, through real sockets.
@Suite struct ListenerTests {
    @Test func `200 means committed, and the same again is 200 too`() async throws {
        try await RunningDaemon.run { daemon in
            let callback = request(body: try SignedCallback.ecommpay("EP-1"))
            for _ in 0..<2 {
                let answer = try await RawConnection.ask(daemon.port, callback)
                #expect(answer.statuses == ["200"])
                #expect(answer.text.hasSuffix("\r\n\r\nOK\n"))
                #expect(try daemon.payments().map { $0.text("payment_id") } == ["EP-1"])
            }
        }
    }

    @Test func `a kept connection serves request after request, pipelined ones in their order`() async throws {
        try await RunningDaemon.run { daemon in
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(
                    request(body: try SignedCallback.ecommpay("EP-1")) + request("DELETE")
                        + request(body: try SignedCallback.ecommpay("EP-2")) + request("GET")
                )
                #expect(try await connection.responses(4) == ["200", "405", "200", "405"])
                try await connection.send(request(body: try SignedCallback.ecommpay("EP-3")))
                #expect(try await connection.responses(5).last == "200")
            }
            #expect(try daemon.payments().count == 3)
        }
    }

    @Test
    func `thousands of requests behind a callback are answered one after another, also if the sender has finished`()
        async throws
    {
        try await RunningDaemon.run { daemon in
            try await RawConnection.open(to: daemon.port) { connection in
                let refused = String(repeating: request("GET"), count: 8000)
                try await connection.send(request(body: try SignedCallback.ecommpay("EP-1")) + refused)
                connection.finish()
                let statuses = try await connection.rest()
                #expect(statuses.first == "200")
                #expect(statuses.count == 8001)
            }
        }
    }

    @Test func `a sender who wants to close is closed, also with HTTP 1.0`() async throws {
        try await RunningDaemon.run { daemon in
            let body = try SignedCallback.ecommpay("EP-1")
            for text in [
                request("POST", "/callbacks/ecp", ["Connection: Close"], body: body),
                request(body: body).replacing("HTTP/1.1", with: "HTTP/1.0"),
            ] {
                try await RawConnection.open(to: daemon.port) { connection in
                    try await connection.send(text)
                    #expect(try await connection.rest().last == "200")
                }
            }
        }
    }

    @Test func `who asks whether to continue is told to`() async throws {
        try await RunningDaemon.run { daemon in
            let body = try SignedCallback.ecommpay("EP-1")
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(headAskingToContinue(before: body))
                #expect(try await connection.responses(1) == ["100"])
                try await connection.send(body)
                #expect(try await connection.responses(2) == ["100", "200"])
            }
        }
    }

    @Test func `a body may come in chunks`() async throws {
        try await RunningDaemon.run { daemon in
            let body = try SignedCallback.ecommpay("EP-1")
            let chunks = [body.prefix(40), body.dropFirst(40)].map {
                "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n"
            }
            let text = request("POST", "/callbacks/ecp", ["Transfer-Encoding: chunked"]) + chunks.joined() + "0\r\n\r\n"
            #expect(try await RawConnection.ask(daemon.port, text).statuses == ["200"])
        }
    }

    static let refused: [(String, String)] = [
        ("404", request("GET", "/")), ("404", request("POST", "/callbacks/nobody", [], body: "{}")),
        ("404", request("POST", "/metrics")), ("405", request("GET")), ("405", request("DELETE")),
        ("413", request("POST", "/callbacks/ecp", ["X: y"], body: String(repeating: "x", count: 2000))),
        ("400", request().replacing("Content-Length: 0", with: "Content-Length: 99999999999999999999")),
        (
            "413",
            request("POST", "/callbacks/ecp", ["Transfer-Encoding: chunked"]) + "800\r\n"
                + String(repeating: "x", count: 2048)
        ),
        ("414", request("POST", "/callbacks/" + String(repeating: "e", count: 5000))),
        ("415", request("POST", "/callbacks/ecp", ["Content-Encoding: gzip"], body: "x")),
        ("417", request("POST", "/callbacks/ecp", ["Expect: a miracle"], body: "x")),
        ("431", request("POST", "/callbacks/ecp", ["X: " + String(repeating: "y", count: 20_000)], body: "x")),
        ("400", "this is not HTTP\r\n\r\n"), ("400", request(body: "{not json")), ("400", request()),
        ("403", request(body: "{}")), ("401", request("POST", "/callbacks/ecb", [], body: "{}")),
    ]

    @Test func `what is refused gets its status, and nothing says why`() async throws {
        try await RunningDaemon.run {
            $0.limits.body = 1000
        } story: { daemon in
            for (status, text) in Self.refused {
                let answer = try await RawConnection.ask(daemon.port, text)
                #expect(answer.statuses == [status], "\(text.prefix(60))")
                let body = answer.text.split(separator: "\r\n\r\n").last ?? ""
                #expect(body.utf8.count < 40)
                #expect(answer.text.contains("Allow: POST") == (status == "405"))
                #expect(answer.text.contains("WWW-Authenticate: Basic") == (status == "401"))
            }
            #expect(try daemon.payments().isEmpty)
        }
    }

    @Test func `where nothing can be committed the sender is told to come again`() async throws {
        try await RunningDaemon.run {
            $0.limits.queue = 0
        } story: { daemon in
            let answer = try await RawConnection.ask(daemon.port, request(body: try SignedCallback.ecommpay("EP-1")))
            #expect(answer.statuses == ["503"])
            #expect(answer.text.contains("Retry-After: 5"))
            #expect(try await RawConnection.ask(daemon.adminPort, request("GET", "/readyz")).statuses == ["503"])
            #expect(try await RawConnection.ask(daemon.adminPort, request("GET", "/healthz")).statuses == ["200"])
            #expect(try daemon.payments().isEmpty)
        }
    }

    @Test func `rubbish behind a request does not cost it its answer`() async throws {
        try await RunningDaemon.run { daemon in
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(request(body: try SignedCallback.ecommpay("EP-1")) + "rubbish\r\n\r\n")
                #expect(try await connection.rest().first == "200")
            }
        }
    }

    @Test func `a head in two pieces may be followed by a large body at once`() async throws {
        try await RunningDaemon.run { daemon in
            let text = request(body: String(repeating: "x", count: 100_000))
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(String(text.prefix(10)))
                try await Task.sleep(for: .milliseconds(50))
                try await connection.send(String(text.dropFirst(10)))
                #expect(try await connection.responses(1) == ["400"], "read whole, and found not to be JSON")
            }
        }
    }

    @Test func `a head without end is cut off, whatever it is made of`() async throws {
        try await RunningDaemon.run { daemon in
            for (start, status) in [("POST /callbacks/", "414"), ("POST /callbacks/ecp HTTP/1.1\r\nHost: ", "431")] {
                try await RawConnection.open(to: daemon.port) { connection in
                    try await connection.send(start)
                    for _ in 0..<40 { try? await connection.send(String(repeating: "x", count: 1000)) }
                    let statuses = try await connection.rest()
                    #expect(statuses == [status])
                }
            }
        }
    }

    @Test func `who sends too much can read the answer while it is still sending`() async throws {
        try await RunningDaemon.run {
            $0.limits.body = 1000
        } story: { daemon in
            try await RawConnection.open(to: daemon.port) { connection in
                let piece = String(repeating: "x", count: 100_000)
                try await connection.send(request(body: piece + piece + piece).replacing(piece + piece, with: ""))
                try await connection.send(piece)
                try await connection.send(piece)
                #expect(try await connection.rest() == ["413"])
            }
        }
    }

    @Test func `who drips is cut off, in the head as in the body`() async throws {
        try await RunningDaemon.run {
            $0.limits.requestTime = .seconds(1)
        } story: { daemon in
            let whole = request(body: try SignedCallback.ecommpay("EP-1"))
            for start in [10, whole.count - 100] {
                try await RawConnection.open(to: daemon.port) { connection in
                    try await connection.send(String(whole.prefix(start)))
                    await connection.drip(String(whole.dropFirst(start)), every: .milliseconds(20))
                    let statuses = try await connection.rest()
                    #expect(statuses == ["408"])
                }
            }
            try await RawConnection.open(to: daemon.port) { connection in
                let statuses = try await connection.rest()
                #expect(statuses == [], "who says nothing at all is let go without a word")
            }
            #expect(try daemon.payments().isEmpty)
        }
    }

    @Test func `the sender's address is the proxy's word only where the proxy is trusted`() async throws {
        for (proxies, expected) in [("127.0.0.0/8", "198.51.100.7"), ("192.0.2.0/24", "127.0.0.1")] {
            try await RunningDaemon.run {
                $0.trustedProxies = RunningDaemon.trusting(proxies)
            } story: { daemon in
                let callback = request(
                    "POST",
                    "/callbacks/ecp",
                    ["X-Forwarded-For: 203.0.113.9, 198.51.100.7"],
                    body: try SignedCallback.ecommpay("EP-1")
                )
                #expect(try await RawConnection.ask(daemon.port, callback).statuses == ["200"])
                #expect(try daemon.callbacks("EP-1").map { $0.text("remote_address") } == [expected])
            }
        }
    }

    @Test func `a stop lets a request that is under way finish, and is answered 200 only if committed`() async throws {
        try await RunningDaemon.run { daemon in
            let body = try SignedCallback.ecommpay("EP-1")
            try await RawConnection.open(to: daemon.port) { connection in
                try await connection.send(headAskingToContinue(before: body))
                #expect(try await connection.responses(1) == ["100"], "it is under way")
                await daemon.stop()
                try await daemon.wait("the listener's end") { !acceptsConnections(on: daemon.port) }
                try await connection.send(body)
                #expect(try await connection.rest() == ["100", "200"])
            }
            #expect(try daemon.payments().map { $0.text("state") } == ["succeeded"])
        }
    }

    @Test func `the admin listener tells of life, readiness and numbers, the public one of nothing`() async throws {
        try await RunningDaemon.run { daemon in
            #expect(try await RawConnection.ask(daemon.adminPort, request("GET", "/healthz")).statuses == ["200"])
            #expect(try await RawConnection.ask(daemon.adminPort, request("GET", "/readyz")).statuses == ["200"])
            let metrics = try await RawConnection.ask(daemon.adminPort, request("GET", "/metrics"))
            #expect(metrics.text.contains("text/plain; version=0.0.4"))
            #expect(try await RawConnection.ask(daemon.port, request("GET", "/metrics")).statuses == ["404"])
            #expect(try await RawConnection.ask(daemon.port, request("GET", "/healthz")).statuses == ["404"])
        }
    }
}
