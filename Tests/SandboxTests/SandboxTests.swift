import Foundation
import Gateways
import LosslessJSON
import Payments
import Sandbox
import TestSupport
import Testing

/// The whole sandbox, over HTTP.
@Suite struct SandboxTests {
    @Test func `a payment is led step by step, and its callbacks arrive in order`() async throws {
        try await RunningSandbox.run { running in
            let created = try await running.request(
                "/sandbox/payments",
                #"{"account":"sandbox-ecommpay","amount_minor":300,"currency":"KWD","reference":"A 1"}"#
            )
            #expect(created.status == 200)
            #expect(created.body["payment_id"] == "A 1")
            for event in ["challenge", "succeed", #"refund {"amount_minor":100}"#, "refund"] {
                try await running.untilQuiet()
                let parts = event.split(separator: " ").map(String.init)
                let reply = try await running.request("/sandbox/payments/A%201/\(parts[0])", parts.dropFirst().joined())
                #expect(reply.status == 200, "\(event)")
            }
            try await running.untilQuiet()
            let words = ["processing", "awaiting 3ds result", "success", "partially refunded", "refunded"]
            #expect(running.inbox.all.map(\.status) == words)
            #expect(running.inbox.all.allSatisfy { $0.path == "/callbacks/sandbox-ecommpay" })
            let payment = try #require(running.sandbox.groundTruth().payments.first)
            #expect(payment.state == .refunded)
            #expect(payment.refunded == 300)
            #expect(payment.isAcknowledged)
            let story = try await running.request("/sandbox/payments/A%201").body
            guard case .array(let deliveries) = story["deliveries"] else { return #expect(Bool(false)) }
            #expect(deliveries.map { $0["answer"] } == Array(repeating: "200", count: 5))
        }
    }

    @Test func `eComCharge's callbacks bring credentials and a signature, and come again until they are taken`()
        async throws
    {
        try await RunningSandbox.run(inbox: Inbox { $0 < 3 ? 500 : 200 }) { running in
            let created = try await running.request(
                "/sandbox/payments",
                #"{"account":"sandbox-ecomcharge","life":"paid"}"#
            )
            #expect(created.status == 200)
            try await running.untilQuiet()
            let callback = try #require(running.inbox.all.first)
            #expect(callback.authorization == Merchant.credentials)
            let account = try SandboxAccount.ecomcharge(callbacks: nil)
            #expect(
                try account.headers(for: callback.body).map(\.value) == [
                    Merchant.credentials, callback.contentSignature,
                ]
            )
            let counters = running.sandbox.counters
            #expect(counters.refused == 2)
            #expect(counters.acknowledged == counters.events)
        }
    }

    @Test func `payments are made by themselves, until they are not`() async throws {
        try await RunningSandbox.run {
            $0.rate = 200
        } story: { running in
            let areMade = try await eventually { running.sandbox.counters.created >= 40 }
            #expect(areMade)
            running.sandbox.stopMaking()
            let created = running.sandbox.counters.created
            try await running.untilQuiet()
            #expect(running.sandbox.isQuiet)
            #expect(running.sandbox.counters.created == created)
            #expect(running.sandbox.counters.sent == running.inbox.all.count)
        }
    }

    @Test func `an address that is taken ends it before anything has happened`() async throws {
        try await RunningSandbox.run { running in
            var settings = SandboxSettings(accounts: [.ecommpay(callbacks: nil)], seed: 1)
            settings.port = running.port
            settings.rate = 1000
            let second = Sandbox(settings, logger: .silent, now: { Timestamp(milliseconds: 0) })
            await #expect(throws: (any Error).self) { try await second.run() }
            #expect(second.counters.created == 0)
        }
    }

    @Test func `the status endpoints answer over HTTP, and misbehave over HTTP`() async throws {
        try await RunningSandbox.run { running in
            _ = try await running.request("/sandbox/payments", #"{"account":"sandbox-ecommpay","reference":"B"}"#)
            let created = try await running.request(
                "/sandbox/payments",
                #"{"account":"sandbox-ecomcharge","checkout":true}"#
            ).body
            let token = try #require(created["token"]?.string)
            let secret = Secret(name: "test", bytes: Array(SandboxKeys.secret.utf8))
            let request: JSON = ["general": ["project_id": 240, "payment_id": "B"]]
            let text = String(decoding: request.signed(with: secret).bytes, as: UTF8.self)

            let answer = try await running.request("/v2/payment/status", text)
            #expect(answer.body["payment"]?["status"] == "processing")
            let checkout = try await running.request("/ctp/api/checkouts/\(token)", authorization: Merchant.credentials)
            #expect(checkout.body["checkout"]?["message"] == "Gateway response not found.")
            #expect(try await running.request("/ctp/api/checkouts/\(token)").status == 401)
            #expect(
                try await running.request("/ctp/api/checkouts/none", authorization: Merchant.credentials).status == 404
            )

            _ = try await running.request("/sandbox/misbehave", #"{"rate_limit":1,"retry_after_s":7}"#)
            let limited = try await running.request("/v2/payment/status", text)
            #expect(limited.status == 429)
            #expect(limited.retryAfter == "7")
            _ = try await running.request("/sandbox/misbehave", #"{"outage":true}"#)
            #expect(try await running.request("/v2/payment/status", text).status == 503)
            let overview = try await running.request("/sandbox")
            #expect(overview.body["misbehaviour"]?["outage"] == true)
            #expect(overview.body["counters"]?["made"] == 2)
        }
    }

    @Test(arguments: [
        ("/sandbox/payments", #"{"account":"sandbox-ecommpay","reference":"taken"}"#, 409, "already"),
        ("/sandbox/payments", #"{"account":"nobody"}"#, 422, "sandbox-ecommpay"),
        ("/sandbox/payments", #"{}"#, 422, "account"),
        ("/sandbox/payments", #"{"acount":"x"}"#, 422, "«acount»"),
        ("/sandbox/payments", #"{"account":"sandbox-ecommpay","life":"long"}"#, 422, "late_success"),
        ("/sandbox/payments", #"{"account":"sandbox-ecommpay","amount_minor":1.5}"#, 422, "minor units"),
        ("/sandbox/payments", #"{"account":"sandbox-ecommpay","amount_minor":0}"#, 422, "minor units"),
        ("/sandbox/payments", #"{"account":"sandbox-ecommpay","currency":"euro"}"#, 422, "ISO 4217"),
        ("/sandbox/payments", #"{"account":"sandbox-ecommpay","checkout":true}"#, 422, "token"),
        ("/sandbox/payments", #"[]"#, 400, "object"),
        ("/sandbox/payments", #"{"account":"#, 400, "JSON"),
        ("/sandbox/payments/taken/win", "", 422, "«win»"),
        ("/sandbox/payments/taken/capture", "", 409, "cannot capture"),
        ("/sandbox/payments/taken/refund", #"{"amount":1}"#, 422, "«amount»"),
        ("/sandbox/payments/taken/chargeback", "", 409, "another channel"),
        ("/sandbox/payments/none/succeed", "", 404, "«none»"),
        ("/sandbox/payments/none", nil, 404, "«none»"),
        ("/sandbox/payments?limit=x", nil, 422, "limit"),
        ("/sandbox/misbehave", #"{"lose":2}"#, 422, "0 to 1"),
        ("/sandbox/misbehave", #"{"outage":1}"#, 422, "true or false"),
        ("/sandbox/misbehave", #"{"slowness_ms":0}"#, 422, "whole number of milliseconds"),
        ("/sandbox/misbehave", #"{"retry_after_s":86401}"#, 422, "seconds, 1 to 86400"),
        ("/sandbox/payments", #"{"account":"sandbox-ecommpay","method":"erip"}"#, 422, "card, google_pay"),
        ("/sandbox/payments", #"{"account":"sandbox-ecomcharge","method":"cash"}"#, 422, "credit_card, erip, skrill"),
        ("/sandbox/nothing", nil, 404, "GET /sandbox"), ("/sandbox", "{}", 404, "GET /sandbox"),
        ("/elsewhere", nil, 404, "GET /elsewhere"),
    ])
    func `a request that cannot be met is refused in words`(
        _ path: String,
        _ body: String?,
        _ status: Int,
        _ word: String
    ) async throws {
        try await RunningSandbox.run { running in
            _ = try await running.request("/sandbox/payments", #"{"account":"sandbox-ecommpay","reference":"taken"}"#)
            let reply = try await running.request(path, body)
            #expect(reply.status == status)
            #expect(reply.body["error"]?.string?.contains(word) == true)
        }
    }

    @Test func `what cannot happen is refused by the name it was asked for`() async throws {
        try await RunningSandbox.run { running in
            _ = try await running.request(
                "/sandbox/payments",
                #"{"account":"sandbox-ecomcharge","reference":"one","hold":false}"#
            )
            let reply = try await running.request("/sandbox/payments/one/misreport", "")
            #expect(reply.status == 409)
            #expect(reply.body["error"]?.string?.contains("cannot misreport") == true)
        }
    }
}
