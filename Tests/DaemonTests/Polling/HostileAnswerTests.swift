import Daemon
import Foundation
import Gateways
import OutboundHTTP
import Payments
import TestSupport
import Testing

/// Whatever a status request gets in return, the result is one of the known outcomes, and the process goes on.
@Suite struct HostileAnswerTests {
    /// Each seed is a run of five hundred answers; continuous integration uses more seeds.
    private static let seeds = UInt64(ProcessInfo.processInfo.environment["PAYSTATE_HOSTILE_SEEDS"] ?? "") ?? 2

    /// Sends one request per act, over as many connections as the acts leave open.
    private func ask(
        _ acts: [ScriptedGateway.Act],
        timeout: Duration = .seconds(30),
        each: (Int, GatewayClient.Sent) -> Void = { _, _ in }
    ) async throws {
        try await ScriptedGateway.play(acts) { gateway in
            let statusRequests = try gateway.ecommpay().statusRequests(
                about: .payment(id: "7"),
                method: nil,
                remembered: nil
            )
            let statusRequest = try #require(statusRequests.first)
            let client = GatewayClient(version: "1", timeout: timeout)
            do {
                for index in acts.indices { each(index, try await client.send(statusRequest)) }
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
        }
    }

    /// No answer here is followed by the end of its connection: a request that met a closed connection would be sent
    /// again.
    @Test func `a status below 100 is not HTTP, and neither is a switch of protocols`() async throws {
        let statuses = Array(0..<100) + [101]
        let acts = statuses.map { status in
            let code = String("00\(status)".suffix(3))
            return ScriptedGateway.Act.say("HTTP/1.1 \(code) x\r\nContent-Length: 2\r\n\r\n{}")
        }
        try await ask(acts) { index, sent in
            guard case .trouble(.notHTTP) = sent else {
                Issue.record("status \(statuses[index]) came to \(sent)")
                return
            }
        }
    }

    @Test func `informational heads are passed over, and the answer that follows is read`() async throws {
        let statuses = [100] + Array(102..<200)
        let acts = statuses.map { status in
            ScriptedGateway.Act.say(
                "HTTP/1.1 \(status) x\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
            )
        }
        try await ask(acts) { index, sent in
            guard case .answered(let answer, _) = sent, answer.status == 200, answer.body == Array("{}".utf8) else {
                Issue.record("status \(statuses[index]) came to \(sent)")
                return
            }
        }
    }

    @Test func `a flood of informational heads is cut off`() async throws {
        let flood = String(repeating: "HTTP/1.1 103 x\r\n\r\n", count: 5000)
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        try await ask([.say(flood + answer), .say(flood)]) { _, sent in
            guard case .trouble(.notHTTP) = sent else {
                Issue.record("it came to \(sent)")
                return
            }
        }
    }

    /// After an unsolicited answer, the client must neither take it for the next answer, nor fail because of it.
    @Test func `two answers to one request are one`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        let surplus = "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n[]"
        let acts = (0..<50).map { _ in ScriptedGateway.Act.say(answer + surplus) }
        try await ask(acts) { _, sent in
            switch sent {
            case .answered(let answer, _): #expect(answer.status == 200)
            case .trouble(let trouble): #expect(trouble == .notHTTP || trouble == .connectionBroken)
            }
        }
    }

    /// Each seed is a run of answers over kept connections, so that what one leaves behind affects the next.
    @Test(arguments: 0..<seeds) func `random answers end in an outcome, whatever they are`(seed: UInt64) async throws {
        var generator = SplitMix(seed: seed)
        let acts = (0..<500).map { _ in ScriptedGateway.Act.random(using: &generator) }
        try await ask(acts, timeout: .milliseconds(60))
    }
}

extension ScriptedGateway.Act {
    private static let lines = [
        "HTTP/1.1 200 OK", "HTTP/1.1 100 Continue", "HTTP/1.1 000 x", "HTTP/1.1 099 x", "HTTP/1.1 101 x",
        "HTTP/1.1 204 x",
        "HTTP/1.1 304 x", "HTTP/1.1 500 x", "HTTP/1.1 999 x", "HTTP/1.0 200 OK", "HTTP/2.0 200 OK", "HTTP/1.1 20 x",
        "HTTP/1.1 2000 x", "HTTP/1.1 -1 x", "RTSP/1.0 200 OK", "ICE/1.0 200 OK", "HTTP/1.1 200", "HTTP/1.1  200 OK", "",
    ]
    private static let fields = [
        "Content-Length: 2", "Content-Length: 0", "Content-Length: -1", "Content-Length: 18446744073709551616",
        "Content-Length: 1", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: x",
        "Connection: close", "Connection: upgrade", "Upgrade: h2c", "Content-Encoding: gzip",
        "Content-Encoding: deflate",
        "Content-Encoding: x", "Retry-After: 99999999999999999999", "Retry-After: -1",
        "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", "Location: http://127.0.0.1:1/", ": x", "x", "X: \u{0}",
        "Trailer: a", "Keep-Alive: timeout=0", " folded: yes",
    ]
    private static let bodies = [
        "", "{}", "{", "2\r\n{}\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFF\r\n{}", "0\r\nTrailer: x\r\n\r\n", "-1\r\n",
        "0\r\n\r\n",
        "\u{1f}\u{8b}\u{8}", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 000 x\r\n\r\n",
        String(repeating: "x", count: 3000),
    ]

    /// An answer assembled from the usual parts, then sometimes corrupted, and sometimes the end of the connection.
    fileprivate static func random(using generator: inout SplitMix) -> ScriptedGateway.Act {
        var text = ""
        for _ in 0...Int.random(in: 0...2, using: &generator) {
            text += (lines.randomElement(using: &generator) ?? "") + "\r\n"
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                text += (fields.randomElement(using: &generator) ?? "") + "\r\n"
            }
            text += "\r\n" + (bodies.randomElement(using: &generator) ?? "")
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                    in: .min ... .max,
                    using: &generator
                )
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: bytes.indices, using: &generator)) }
            return .sayBytes(bytes)
        }
        // Most close the connection, so that waiting for more does not make the run long.
        return Int.random(in: 0..<8, using: &generator) == 0 ? .say(text) : .sayAndLeave(text)
    }
}
