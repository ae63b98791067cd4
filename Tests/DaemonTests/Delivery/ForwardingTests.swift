import DaemonTestSupport
import Foundation
import Ledger
import Logging
import Payments
import Telemetry
import TestSupport
import Testing

/// The whole daemon with a scripted target: what it forwards, in which order, and when again.
@Suite(.timeLimit(.minutes(2))) struct ForwardingTests {
    @Test func `a callback is forwarded byte for byte, with what came along`() async throws {
        try await DeliveryBench.forwarding(by: { _ in .answer(200) }) { bench in
            let body = try SignedCallback.ecommpay("EP-1")
            try await bench.post(body, headers: ["Content-Type: application/json; x=1"])
            try await bench.requests(1)
            #expect(bench.bodies == [body])
            #expect(bench.target.lines == ["POST /?wc-api=ecommpay"])
            #expect(bench.values("Content-Type") == ["application/json; x=1"])
            #expect(bench.values("X-Forwarded-For") == ["127.0.0.1"])
            #expect(bench.values("Paystate-Callback") == ["1"])
            #expect(bench.values("Paystate-Attempt") == ["1"])
            #expect(bench.values("Authorization") == [nil])
        }
    }

    @Test func `credentials that the gateway sends go along, and are our own`() async throws {
        try await DeliveryBench.forwarding(by: { _ in .answer(200) }) { bench in
            let pair = Data("1673:\(SignedCallback.secret)".utf8).base64EncodedString()
            let sum = #""amount":1,"currency":"EUR""#
            let body = #"{"transaction":{"uid":"1-a","status":"successful","type":"payment",\#(sum)}}"#
            try await bench.post(body, to: "ecb", headers: ["Authorization: basic  \(pair)"])
            try await bench.requests(1)
            #expect(bench.values("Authorization") == ["Basic \(pair)"])
            #expect(bench.bodies == [body])
        }
    }

    @Test func `callbacks of a payment keep their order, and those of others go on`() async throws {
        try await DeliveryBench.forwarding(by: { $0 == 0 ? .answer(500) : .answer(200) }) { bench in
            let first = try SignedCallback.ecommpay("EP-1", "processing")
            let second = try SignedCallback.ecommpay("EP-1")
            let other = try SignedCallback.ecommpay("EP-2")
            try await bench.post(first)
            try await bench.requests(1)
            try await bench.post(second)
            try await bench.post(other)
            try await bench.requests(4)
            #expect(bench.bodies == [first, other, first, second])
            #expect(bench.values("Paystate-Attempt") == ["1", "1", "2", "1"])
        }
    }

    @Test func `a repeat from the gateway is an occasion to try again`() async throws {
        let refusal = ScriptedGateway.Act.answer(500, headers: ["Retry-After: 3600"])
        try await DeliveryBench.forwarding(by: { $0 == 0 ? refusal : .answer(200) }) { bench in
            let body = try SignedCallback.ecommpay("EP-1")
            try await bench.post(body)
            try await bench.requests(1)
            try await bench.daemon.wait("the refusal") { try await bench.column("last_status") == "500" }
            try await bench.post(body)
            try await bench.requests(2)
            #expect(bench.bodies == [body, body])
            #expect(bench.values("Paystate-Callback") == ["1", "1"])
        }
    }

    @Test func `a redirect is not followed, and the view says what to do`() async throws {
        let redirect = ScriptedGateway.Act.answer(302, headers: ["Location: /elsewhere", "Retry-After: 3600"])
        try await DeliveryBench.forwarding(by: { _ in redirect }) { bench in
            try await bench.post(try SignedCallback.ecommpay("EP-1"))
            let error = "answered 302: a redirect is not followed, give its address"
            try await bench.daemon.wait("the error") { try await bench.column("last_error") == error }
            #expect(bench.target.lines == ["POST /?wc-api=ecommpay"])
        }
    }

    @Test func `a request that hangs holds nobody else up, and is sent again`() async throws {
        try await DeliveryBench.forwarding(timeout: .seconds(1), by: { $0 == 0 ? .beSilent : .answer(200) }) { bench in
            let (first, second) = (try SignedCallback.ecommpay("EP-1"), try SignedCallback.ecommpay("EP-2"))
            try await bench.post(first)
            try await bench.requests(1)
            try await bench.post(second)
            try await bench.requests(3)
            #expect(bench.bodies == [first, second, first])
        }
    }

    @Test func `a target that asks for a pause gets it, and the log and the view say so`() async throws {
        let log = try TemporaryFile()
        let busy = ScriptedGateway.Act.answer(503, headers: ["Retry-After: 3600"])
        try await DeliveryBench.forwarding(logger: .writing(to: log, now: Timestamp.now), by: { _ in busy }) { bench in
            try await bench.post(try SignedCallback.ecommpay("EP-1"))
            try await bench.daemon.wait("the pause") { try await bench.column("paused_until") != "" }
            try await bench.post(try SignedCallback.ecommpay("EP-2"))
            #expect(try await bench.column("pause_reason") == "answered 503")
        }
        let lines = try log.content().split(separator: "\n").filter { $0.contains("target in trouble") }
        #expect(lines.count == 1, "the second callback of account ecp waits as well")
        #expect(lines.first?.contains("wc-api=") == true)
        #expect(lines.first?.contains("ecommpay") == false, "values of the query are not shown")
    }

    @Test func `what is given up is given up once`() async throws {
        let log = try TemporaryFile()
        try await DeliveryBench.forwarding(
            giveUpAfter: .seconds(1),
            logger: .writing(to: log, now: Timestamp.now),
            by: { _ in .answer(400) }
        ) { bench in
            try await bench.post(try SignedCallback.ecommpay("EP-1"))
            try await bench.daemon.wait("the end") { try await bench.column("gave_up") == "1" }
            #expect(bench.values("Paystate-Attempt") == ["1", "2"])
        }
        #expect(try log.content().split(separator: "\n").filter { $0.contains("delivery given up") }.count == 1)
    }

    @Test func `a stop waits for a target that hangs for a few seconds only`() async throws {
        try await DeliveryBench.forwarding(timeout: .seconds(600), by: { _ in .beSilent }) { bench in
            try await bench.post(try SignedCallback.ecommpay("EP-1"))
            try await bench.requests(1)
            await bench.daemon.stop()
            try await bench.daemon.wait("the end") { !bench.daemon.isListening() }
        }
    }
}
