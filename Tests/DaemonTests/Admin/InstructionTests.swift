import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import Ledger
import Payments
import TestSupport
import Testing

/// `POST /v1/watch` and `POST /v1/poll` of the real daemon, through real sockets.
@Suite struct InstructionTests {
    @Test func `a payment of which nothing ever came is watched, once`() async throws {
        try await RunningDaemon.run { daemon in
            let body = #"{"account":"ecp","payment_id":"EP-1","amount_minor":5200,"currency":"EUR"}"#
            for isNew in [true, false] {
                let answer = try await Self.answer(daemon, "watch", body)
                #expect(answer.account == "ecp")
                #expect(answer.entity == "payment")
                #expect(answer.entityID == "EP-1")
                #expect(answer.isNew == isNew)
                #expect(answer.state == "unknown")
                #expect(answer.reconciliation == "scheduled")
                #expect(answer.nextPollAt?.hasPrefix("2027-01-15T08:0") == true)
                #expect(answer.evidenceID.hasPrefix("operator:"))
            }
            #expect(try daemon.payments().map { $0.text("state") } == ["unknown"])
        }
    }

    @Test func `a token is watched, and a uid is a payment`() async throws {
        try await RunningDaemon.run { daemon in
            let token = try await Self.answer(daemon, "watch", #"{"account":"ecb","token":"t0k3n","reference":"o-1"}"#)
            #expect(token.entity == "checkout")
            #expect(token.entityID == "t0k3n")
            #expect(token.state == "pending")
            let uid = try await Self.answer(daemon, "watch", #"{"account":"ecb","uid":"1-abc"}"#)
            #expect(uid.entity == "payment")
            #expect(try daemon.payments().map { $0.text("payment_id") } == ["1-abc"])
        }
    }

    @Test func `what is known can be asked about at once`() async throws {
        try await RunningDaemon.run { daemon in
            let callback = request(body: try SignedCallback.ecommpay("EP-1"))
            #expect(try await RawConnection.ask(daemon.port, callback).statuses == ["200"])
            let answer = try await Self.answer(daemon, "poll", #"{"account":"ecp","payment_id":"EP-1"}"#)
            #expect(!answer.isNew)
            #expect(answer.state == "succeeded")
            #expect(answer.nextPollAt == "2027-01-15T08:00:00.000Z")
        }
    }

    @Test func `the daemon reads what a command writes`() async throws {
        try await RunningDaemon.run { daemon in
            let expectation = Expectation(reference: "o \"9\"", amount: 1, currency: "EUR")
            for name in [InstructionRequest.Name.paymentID("p/1"), .uid("1-2"), .token("t"), .subscriptionID("sbs_1")] {
                let command: Instruction.Command = name.key == .subscriptionID ? .poll : .watch(expectation)
                let request = InstructionRequest(account: "ecb", name: name, command: command)
                let body = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
                let answer = try await Self.answer(daemon, request.verb.rawValue, body)
                #expect(answer.entityID == name.id)
            }
            #expect(try daemon.payments().map { $0.text("reference") } == [#"o "9""#, #"o "9""#])
            #expect(try daemon.payments().map { $0.text("expected_amount_minor") } == ["1", "1"])
        }
    }

    static let refused: [(String, String, String)] = [
        ("404", #"{"account":"nobody","payment_id":"p"}"#, "ecp, ecb"),
        ("404", #"{"account":"ecp","payment_id":"never-heard-of"}"#, "watch it first"),
        ("404", #"{"account":"ecb","token":"t0k3n"}"#, "watch it first"),
        ("400", #"{"account":"ecp","uid":"u"}"#, "give payment_id"),
        ("400", #"{"account":"ecp","payment_id":"p","payment_id":"p"}"#, "duplicate key at byte 34"),
        ("400", #"{"account":"ecp","payment_id":5}"#, "payment_id must be a text"),
        ("400", #"{"account":"ecp","id":"p"}"#, "`id` is not known here: use account, payment_id, uid, token"),
        ("400", #"{"account":"ecp"}"#, "give one of payment_id, uid, token, subscription_id"),
        ("400", #"["ecp","p"]"#, "must be a JSON object"), ("400", "", "unexpected end at byte 0"),
        ("413", #"{"account":"\#(String(repeating: "x", count: 65_536))"}"#, "65536 bytes"),
    ]

    @Test func `what is refused is told why, and what to do`() async throws {
        try await RunningDaemon.run { daemon in
            for (status, body, advice) in Self.refused {
                let (text, answer) = try await Self.ask(daemon, "poll", body)
                #expect(text == status, "\(body.prefix(60))")
                let refusal = try JSONDecoder().decode(ErrorAnswer.self, from: Data(answer.utf8))
                #expect(refusal.error.contains(advice), "\(refusal.error)")
            }
            #expect(try daemon.payments().isEmpty)
        }
    }

    @Test func `only JSON is read, and only posted`() async throws {
        try await RunningDaemon.run { daemon in
            let body = #"{"account":"ecp","payment_id":"p"}"#
            for (type, status) in [
                ("Content-Type: text/plain", "415"), ("Content-Type: Application/JSON ; charset=utf-8", "404"),
                ("X: y", "404"),
            ] {
                #expect(try await Self.ask(daemon, "poll", body, [type]).status == status)
            }
            for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] {
                let answer = try await RawConnection.ask(daemon.adminPort, request(method, "/v1/watch"))
                #expect(answer.statuses == ["405"], "\(method)")
                #expect(answer.text.lowercased().contains("allow: post"), "\(method)")
            }
        }
    }

    @Test func `where nothing can be recorded one is told to come again`() async throws {
        try await RunningDaemon.run {
            $0.limits.queue = 0
        } story: { daemon in
            let body = #"{"account":"ecp","payment_id":"p"}"#
            let answer = try await RawConnection.ask(daemon.adminPort, request("POST", "/v1/watch", [], body: body))
            #expect(answer.statuses == ["503"])
            #expect(answer.text.lowercased().contains("retry-after: 5"))
            #expect(answer.text.contains("too many callbacks wait"))
        }
    }

    private static func answer(_ daemon: RunningDaemon, _ verb: String, _ body: String) async throws
        -> InstructionAnswer
    {
        let (status, text) = try await ask(daemon, verb, body)
        #expect(status == "200", "\(text)")
        return try JSONDecoder().decode(InstructionAnswer.self, from: Data(text.utf8))
    }

    private static func ask(
        _ daemon: RunningDaemon,
        _ verb: String,
        _ body: String,
        _ headers: [String] = ["Content-Type: application/json"]
    ) async throws -> (status: String, body: String) {
        let answer = try await RawConnection.ask(
            daemon.adminPort,
            request("POST", "/v1/\(verb)", headers, body: body)
        )
        return (answer.statuses.first ?? "", answer.text.split(separator: "\r\n\r\n").last.map(String.init) ?? "")
    }
}
