import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import Gateways
import OutboundHTTP
import Payments
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct GatewayClientTests {
    /// Runs a scripted gateway, a client, and a status request from one to the other.
    private func play(
        _ acts: ScriptedGateway.Act...,
        timeout: Duration = .seconds(30),
        story: (ScriptedGateway, GatewayClient, StatusRequest) async throws -> Void
    ) async throws {
        try await ScriptedGateway.play(acts) { gateway in
            let statusRequests = try gateway.ecommpay().statusRequests(
                about: .payment(id: "7"),
                method: nil,
                remembered: nil
            )
            let client = GatewayClient(version: "1.2", timeout: timeout)
            do {
                try await story(gateway, client, try #require(statusRequests.first))
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
        }
    }

    @Test func `a status request goes out as it is, and its answer comes back as it is`() async throws {
        try await play(.answer(200, headers: ["Retry-After: 7"], body: "{\u{0}é}")) { gateway, client, statusRequest in
            guard case .answered(let answer, let retryAfter) = try await client.send(statusRequest) else {
                Issue.record("there is no answer")
                return
            }
            #expect(answer.status == 200)
            #expect(answer.body == Array("{\u{0}é}".utf8))
            #expect(retryAfter == "7")
            let request = try #require(gateway.received.first)
            #expect(request.hasPrefix("POST /v2/payment/status HTTP/1.1\r\n"))
            #expect(request.hasSuffix("\r\n\r\n" + String(decoding: statusRequest.body, as: UTF8.self)))
            #expect(request.contains("\r\nUser-Agent: paystate/1.2\r\n"))
            #expect(request.contains("\r\nContent-Type: application/json\r\n"))
            #expect(request.contains("\r\nAccept-Encoding: deflate, gzip\r\n"))
        }
    }

    @Test func `the path that is asked is the path that is sent`() async throws {
        try await ScriptedGateway.play([.answer(404)]) { gateway in
            let client = GatewayClient(version: "1")
            for id in ["..", "../x", "a/b?c#d", "%2e", "é", "a b"] {
                let entity = Entity.subscription(id: id)
                let shop = try gateway.ecomcharge()
                for statusRequest in shop.statusRequests(about: entity, method: nil, remembered: nil) {
                    _ = try await client.send(statusRequest)
                }
            }
            await client.shutdown()
            let ids = ["%2E%2E", "..%2Fx", "a%2Fb%3Fc%23d", "%252e", "%C3%A9", "a%20b"]
            #expect(gateway.lines == ids.map { "GET /api/subscriptions/\($0)" })
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is an answer, and not followed`(status: Int) async throws {
        try await play(.answer(status, headers: ["Location: /elsewhere"])) { gateway, client, statusRequest in
            try await client.send(statusRequest, expecting: "\(status) ")
            #expect(gateway.lines == ["POST /v2/payment/status"])
        }
    }

    @Test func `an answer of 256 KiB is read, one byte more is not`() async throws {
        let body = String(repeating: "x", count: 256 << 10)
        try await play(.answer(200, body: body), .answer(200, body: body + "x")) { _, client, statusRequest in
            try await client.send(statusRequest, expecting: "200 \(body)")
            try await client.send(statusRequest, expecting: TransportFailure.tooLarge.rawValue)
        }
    }

    @Test(arguments: [
        ("gzip", "H4sIAAAAAAACA6tWSs7PLShKLS5OTVGyUjq8UqkWAPPsD7wTAAAA"),
        ("deflate", "eNqrVkrOzy0oSi0uTk1RslI6vFKpFgBI/Adc"),
    ])
    func `a compressed answer is read`(coding: String, body: String) async throws {
        let act = try ScriptedGateway.Act.compressed(by: coding, base64: body)
        try await play(act) { _, client, statusRequest in
            try await client.send(statusRequest, expecting: "200 {\"compressed\":\"é\"}")
        }
    }

    @Test func `what counts is how large an answer is when it is not compressed`() async throws {
        try await play(
            .compressed(by: "gzip", base64: CompressedSpaces.of256KiB),
            .compressed(by: "gzip", base64: CompressedSpaces.oneMore)
        ) { _, client, statusRequest in
            try await client.send(statusRequest, expecting: "200 " + String(repeating: " ", count: 256 << 10))
            try await client.send(statusRequest, expecting: TransportFailure.tooLarge.rawValue)
        }
    }

    @Test(arguments: ["H4sIAAAAAAACA6tWSs7PLShKLS5OTVGyUjq8", "bm90IGNvbXByZXNzZWQ="])
    func `what cannot be decompressed is no answer`(body: String) async throws {
        try await play(.compressed(by: "gzip", base64: body)) { _, client, statusRequest in
            try await client.send(statusRequest, expecting: TransportFailure.cannotDecompress.rawValue)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
    ])
    func `an endless answer is cut off, and its connection closed`(head: String) async throws {
        try await play(.goOnForever(after: head, pause: .zero)) { gateway, client, statusRequest in
            try await client.send(statusRequest, expecting: TransportFailure.tooLarge.rawValue)
            for await _ in gateway.departures { break }
        }
    }

    @Test(arguments: [
        ScriptedGateway.Act.beSilent, .say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"),
        .goOnForever(after: "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", pause: .milliseconds(10)),
        .goOnForever(after: "HTTP/1.1 200 OK\r\nX: ", pause: .milliseconds(10)),
    ])
    func `silence and a slow drip are cut off, and the connection closed`(act: ScriptedGateway.Act) async throws {
        try await play(act, timeout: .milliseconds(150)) { gateway, client, statusRequest in
            try await client.send(statusRequest, expecting: TransportFailure.timedOut.rawValue)
            for await _ in gateway.departures { break }
            #expect(gateway.received.count == 1)
        }
    }

    @Test func `nobody listens`() async throws {
        let port = try unusedPort()
        for host in ["127.0.0.1", "localhost"] {
            try await ask("http://\(host):\(port)", expecting: .refused)
        }
    }

    @Test func `a name that does not exist`() async throws {
        // A label of 64 letters is invalid: the resolver fails without asking a server.
        try await ask("http://\(String(repeating: "a", count: 64)).example", expecting: .noSuchName)
    }

    @Test func `where nobody is trusted, that is what is said`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let store = TrustStore(files: [folder.path("all.crt")], folder: folder.path)
        #expect(store.isEmpty)
        try await RunningDaemon.run {
            $0.tls = try TestIdentity.tls()
        } story: { stranger in
            try await ask("https://localhost:\(stranger.port)", expecting: .noAuthorities, trusting: store)
        }
        try folder.write("x", to: "one.pem")
        #expect(!store.isEmpty)
    }

    @Test func `whom nobody vouches for, and who cannot encrypt at all, is told from who is not there`() async throws {
        try await RunningDaemon.run {
            $0.tls = try TestIdentity.tls()
        } story: { stranger in
            try await ask("https://localhost:\(stranger.port)", expecting: .notTrusted)
            try await ask("https://localhost:\(stranger.adminPort)", expecting: .noTLS)
        }
    }

    private func ask(_ url: String, expecting trouble: TransportFailure, trusting store: TrustStore = .system)
        async throws
    {
        let gateway = try Ecommpay([
            "project_id": .integer(1), "secrets": .secrets([Secret(name: "1", bytes: [1])]), "api_url": .url(url),
        ])
        let client = GatewayClient(version: "1", trustStore: store)
        for statusRequest in gateway.statusRequests(about: .payment(id: "1"), method: nil, remembered: nil) {
            do {
                try await client.send(statusRequest, expecting: trouble.rawValue)
            } catch {
                Issue.record(error)
            }
        }
        await client.shutdown()
    }

    @Test func `a connection that was closed while idle is not missed`() async throws {
        try await play(.answerAndLeave(200, body: "1"), .answer(200, body: "2")) { gateway, client, statusRequest in
            try await client.send(statusRequest, expecting: "200 1")
            for await _ in gateway.departures { break }
            try await client.send(statusRequest, expecting: "200 2")
        }
    }

    @Test func `a connection that is closed just when it is used again is replaced`() async throws {
        try await play(.answer(200, body: "1"), .leave, .answer(200, body: "2")) { gateway, client, statusRequest in
            try await client.send(statusRequest, expecting: "200 1")
            try await client.send(statusRequest, expecting: "200 2")
            #expect(gateway.received.count == 3)
        }
    }

    @Test func `a gateway that only hangs up is asked twice, and no more`() async throws {
        try await play(.leave) { gateway, client, statusRequest in
            try await client.send(statusRequest, expecting: TransportFailure.connectionBroken.rawValue)
            #expect(gateway.received.count == 2)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", TransportFailure.connectionBroken),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", .connectionBroken),
        ("220 mail.example.com ESMTP\r\n", .notHTTP), ("\u{16}\u{3}\u{1}", .notHTTP),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", .notHTTP),
    ])
    func `half an answer is none`(text: String, trouble: TransportFailure) async throws {
        try await play(.sayAndLeave(text)) { gateway, client, statusRequest in
            try await client.send(statusRequest, expecting: trouble.rawValue)
            #expect(gateway.received.count == 1)
        }
    }

    @Test(arguments: ["http://[oops", "http://"])
    func `an address that is none`(url: String) async throws {
        try await ask(url, expecting: .unusableAddress)
    }

    @Test(arguments: [ScriptedGateway.Act.beSilent, .say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")])
    func `a status request that is cancelled ends at once`(act: ScriptedGateway.Act) async throws {
        try await play(act, timeout: .seconds(600)) { gateway, client, statusRequest in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await client.send(statusRequest) }
                for await _ in gateway.requests { break }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
            for await _ in gateway.departures { break }
        }
    }

    @Test func `what ends because the client is shut down says nothing of the gateway`() async throws {
        try await play(.beSilent) { gateway, client, statusRequest in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await client.send(statusRequest) }
                for await _ in gateway.requests { break }
                await client.shutdown()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
            await #expect(throws: CancellationError.self) { try await client.send(statusRequest) }
        }
    }
}

extension GatewayClient {
    /// - Parameter outcome: `200 body`, or the words of the failure.
    fileprivate func send(
        _ statusRequest: StatusRequest,
        expecting outcome: String,
        at place: SourceLocation = #_sourceLocation
    ) async throws {
        switch try await send(statusRequest) {
        case .answered(let answer, _):
            #expect(
                "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))" == outcome,
                sourceLocation: place
            )
        case .trouble(let trouble):
            #expect(trouble.rawValue == outcome, sourceLocation: place)
        }
    }
}
