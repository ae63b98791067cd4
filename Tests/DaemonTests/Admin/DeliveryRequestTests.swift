import Daemon
import DaemonTestSupport
import Foundation
import Ledger
import TestSupport
import Testing

/// What `POST /v1/deliver` accepts and refuses.
@Suite struct DeliveryRequestTests {
    static let refused: [(status: String, body: String, advice: String)] = [
        ("404", "", "no target is configured: add `forward` to an account, or `notify`"),
        ("404", "{}", "no target is configured"),
        ("404", #"{"target":null,"drop":null,"payment_id":null}"#, "no target is configured"),
        ("404", #"{"drop":true}"#, "no target is configured"),
        ("404", #"{"account":"ecp"}"#, "no target is configured for `ecp`"),
        ("400", #"{"target":17}"#, "target must be a text"),
        ("400", #"{"target":" shop"}"#, "without spaces around it"),
        ("400", #"{"payment_id":""}"#, "payment_id must be a text"),
        ("400", #"{"callback":"17"}"#, "callback must be a number from the column `id` of the view `callbacks`"),
        ("400", #"{"callback":0}"#, "callback must be a number"),
        ("400", #"{"callback":1.5}"#, "callback must be a number"),
        ("400", #"{"callback":9223372036854775808}"#, "callback must be a number"),
        ("400", #"{"from_seq":-1}"#, "from_seq must be a number from the column `seq` of the view `transitions`"),
        ("400", #"{"drop":"yes"}"#, "drop must be true or false"),
        ("400", #"{"drop":1}"#, "drop must be true or false"),
        ("400", #"{"from_seq":17,"drop":true}"#, "drop must be left out with from_seq"),
        ("400", #"{"payment_id":"EP-1","callback":1}"#, "payment_id, callback select different things"),
        ("400", #"{"callback":1,"from_seq":1,"payment_id":"EP-1"}"#, "payment_id, callback, from_seq select"),
        ("400", #"{"targets":["shop"]}"#, "`targets` is not known here: use target, account, payment_id"),
        ("400", #"{"target":"shop","target":"app"}"#, "duplicate key"), ("400", #"["shop"]"#, "a JSON object"),
    ]

    @Test func `what is refused is told why, and what to do`() async throws {
        try await RunningDaemon.run { daemon in
            for (status, body, advice) in Self.refused {
                let text = request("POST", "/v1/deliver", ["Content-Type: application/json"], body: body)
                let answer = try await RawConnection.ask(daemon.adminPort, text)
                #expect(answer.statuses == [status], "\(body)")
                let json = answer.text.split(separator: "\r\n\r\n").last ?? ""
                let refusal = try JSONDecoder().decode(ErrorAnswer.self, from: Data(json.utf8))
                #expect(refusal.error.contains(advice), "\(refusal.error)")
            }
        }
    }

    @Test func `only JSON is read, and only posted`() async throws {
        try await RunningDaemon.run { daemon in
            let plain = request("POST", "/v1/deliver", ["Content-Type: text/plain"], body: "{}")
            #expect(try await RawConnection.ask(daemon.adminPort, plain).statuses == ["415"])
            for method in ["GET", "PUT", "DELETE"] {
                let answer = try await RawConnection.ask(daemon.adminPort, request(method, "/v1/deliver"))
                #expect(answer.statuses == ["405"], "\(method)")
                #expect(answer.text.lowercased().contains("allow: post"), "\(method)")
            }
            let asStranger = request("POST", "/v1/deliver", ["Content-Type: application/json"], body: "{}")
            #expect(try await RawConnection.ask(daemon.port, asStranger).statuses == ["404"])
        }
    }

    static let orders: [(fields: [String: InstructionRequest.Field], order: DeliveryOrder)] = [
        ([:], DeliveryOrder(target: nil, account: nil, selection: .undelivered, drops: false)),
        (
            ["target": .text("shop"), "drop": .flag(true)],
            DeliveryOrder(target: "shop", account: nil, selection: .undelivered, drops: true)
        ),
        (
            ["account": .text("ecp"), "payment_id": .text("EP-1"), "drop": .flag(false)],
            DeliveryOrder(target: nil, account: "ecp", selection: .payment(id: "EP-1"), drops: false)
        ),
        (["callback": .number("17")], DeliveryOrder(target: nil, account: nil, selection: .callback(17), drops: false)),
        (
            ["target": .text("app"), "from_seq": .number("1200")],
            DeliveryOrder(target: "app", account: nil, selection: .fromSeq(1200), drops: false)
        ),
    ]

    @Test func `the daemon reads what the command sends`() throws {
        for (fields, order) in Self.orders {
            let request = try DeliveryRequest(fields)
            #expect(request.order == order)
            let body = try JSONEncoder().encode(request)
            let members = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
            #expect(Set(members.keys) == Set(fields.keys).union(["drop"]))
            #expect(members["drop"] as? Bool == order.drops)
        }
    }
}
