import ConfigurationFile
import Delivery
import OutboundHTTP
import Payments
import Telemetry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeliveryClientTests {
    /// Runs a scripted target, and a client that sends a request to it once for each act.
    private func play(
        _ acts: ScriptedGateway.Act...,
        headers: [(name: String, value: String)] = [],
        body: String = "{\u{0}é}",
        timeout: Duration = .seconds(30),
        story: (ScriptedGateway, _ send: @escaping @Sendable () async throws -> DeliveryAnswer) async throws -> Void
    ) async throws {
        try await ScriptedGateway.play(acts) { target in
            let request = DeliveryRequest(
                url: try DeliveryURL("\(target.url)/?wc-api=ecommpay&key=secret"),
                headers: headers,
                body: Array(body.utf8)
            )
            let client = DeliveryClient(version: "1.2", now: { Timestamp(milliseconds: 1_800_000_000_000) })
            do {
                try await story(target) { try await client.send(request, timeout: timeout) }
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
        }
    }

    @Test func `a request goes out as it is, to the address with its query`() async throws {
        let headers = [(name: "Content-Signature", value: "abc="), (name: "X-Forwarded-For", value: "192.0.2.1")]
        try await play(.answer(200), headers: headers) { target, send async throws in
            #expect(try await send() == .status(200, retryAfter: nil))
            let request = try #require(target.received.first)
            #expect(request.hasPrefix("POST /?wc-api=ecommpay&key=secret HTTP/1.1\r\n"))
            #expect(target.bodies == [Array("{\u{0}é}".utf8)])
            #expect(request.contains("\r\nContent-Signature: abc=\r\n"))
            #expect(request.contains("\r\nX-Forwarded-For: 192.0.2.1\r\n"))
            #expect(request.contains("\r\nUser-Agent: paystate/1.2\r\n"))
            #expect(!request.lowercased().contains("\r\ncontent-type:"), "none came")
            #expect(!request.lowercased().contains("\r\naccept-encoding:"))
        }
    }

    @Test func `an empty body is sent as one`() async throws {
        try await play(.answer(204), body: "") { target, send async throws in
            #expect(try await send() == .status(204, retryAfter: nil))
            #expect(target.received.first?.lowercased().contains("\r\ncontent-length: 0\r\n") == true)
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is not followed`(status: Int) async throws {
        try await play(.answer(status, headers: ["Location: /elsewhere"])) { target, send async throws in
            let answer = try await send()
            #expect(answer == .status(status, retryAfter: nil))
            #expect(!answer.isDelivered)
            #expect(target.lines == ["POST /?wc-api=ecommpay&key=secret"])
        }
    }

    @Test(
        arguments: [
            ("7", 7), ("99999", 3600), ("Fri, 15 Jan 2027 08:01:00 GMT", 60), ("soon", nil),
        ] as [(String, Int?)]
    )
    func `the time that it asks for is read, up to an hour`(text: String, seconds: Int?) async throws {
        try await play(.answer(503, headers: ["Retry-After: \(text)"])) { _, send async throws in
            #expect(try await send() == .status(503, retryAfter: seconds.map { .seconds($0) }))
        }
    }

    @Test func `an answer of any size is one, and nobody reads it to the end`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
        try await play(.goOnForever(after: head, pause: .zero)) { target, send async throws in
            #expect(try await send() == .status(200, retryAfter: nil))
            for await _ in target.departures { break }
        }
    }

    @Test func `an answer that drips has arrived with its status, and holds its connection no longer than allowed`()
        async throws
    {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
        let drip = ScriptedGateway.Act.goOnForever(after: head, pause: .milliseconds(10))
        try await play(drip, timeout: .seconds(2)) { target, send async throws in
            #expect(try await send() == .status(200, retryAfter: nil))
            for await _ in target.departures { break }
        }
    }

    @Test func `half an answer is one once its status is there`() async throws {
        try await play(.sayAndLeave("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")) { _, send async throws in
            #expect(try await send() == .status(200, retryAfter: nil))
        }
    }

    @Test func `no answer is trouble, in words`() async throws {
        try await play(.beSilent, timeout: .milliseconds(300)) { target, send async throws in
            #expect(try await send() == .trouble(.timedOut))
            for await _ in target.departures { break }
        }
        try await play(.sayAndLeave("220 mail.example.com ESMTP\r\n")) { _, send async throws in
            #expect(try await send() == .trouble(.notHTTP))
        }
    }

    @Test func `a target that hangs up is asked once for each attempt`() async throws {
        try await play(.leave) { target, send async throws in
            #expect(try await send() == .trouble(.connectionBroken))
            #expect(target.received.count == 1)
        }
    }

    @Test func `where nothing listens, the connection is refused`() async throws {
        let request = DeliveryRequest(
            url: try DeliveryURL("http://127.0.0.1:\(try unusedPort())/"),
            headers: [],
            body: []
        )
        let client = DeliveryClient(version: "1", now: Timestamp.now)
        #expect(try await client.send(request, timeout: .seconds(10)) == .trouble(.refused))
        await client.shutdown()
    }

    @Test func `a request that is cancelled says nothing about the target`() async throws {
        try await ScriptedGateway.play([.beSilent]) { target in
            let request = DeliveryRequest(url: try DeliveryURL(target.url), headers: [], body: [])
            let client = DeliveryClient(version: "1", now: { Timestamp(milliseconds: 0) })
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await client.send(request, timeout: .seconds(600)) }
                for await _ in target.requests { break }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
            await client.shutdown()
        }
    }

    @Test func `connections are used again`() async throws {
        try await play(.answer(200, body: "x"), .answer(500, body: "x"), .answer(200)) { target, send async throws in
            for status in [200, 500, 200] { #expect(try await send() == .status(status, retryAfter: nil)) }
            #expect(target.received.count == 3)
        }
    }
}
