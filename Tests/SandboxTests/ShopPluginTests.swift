import Foundation
import Gateways
import LosslessJSON
import Payments
import Sandbox
import TestSupport
import Testing

/// The handler that the sandbox plays for a shop, over HTTP.
@Suite struct ShopPluginTests {
    private static let basic = "Basic " + Data("\(SandboxKeys.shopID):\(SandboxKeys.secret)".utf8).base64EncodedString()

    private func ecommpay(_ changes: KeyValuePairs<String, JSON> = [:]) throws -> [UInt8] {
        let fixture = try #require(try Fixtures.read().ecommpay.first)
        let body = try JSON(reading: Array(fixture.body.utf8))
        return body.with(["signature": .string(fixture.signature)]).with(changes).bytes
    }

    @Test func `it takes what ecommpay's secret signed, and nothing else`() async throws {
        let (right, changed) = (try ecommpay(), try ecommpay(["project_id": 241]))
        let unsigned = try ecommpay(["signature": ""])
        try await RunningPlugin.run { running async throws in
            #expect(try await running.post("/callbacks/project", right).status == 200)
            #expect(try await running.post("/callbacks/project", changed).status == 403)
            #expect(try await running.post("/callbacks/project", unsigned).status == 403)
            #expect(try await running.post("/callbacks/project", Array("{".utf8)).status == 403)
            #expect(try await running.post("/callbacks/nobody", right).status == 404)
            let orders = running.plugin.orders
            #expect(orders.map(\.paymentID) == ["order-1"])
            #expect(orders.map(\.statuses) == [["success"]])
            #expect(running.plugin.counters.callbacks == 1)
            #expect(running.plugin.counters.refused == 4)
        }
    }

    @Test func `it takes what eComCharge's key signed, or else the shop's credentials`() async throws {
        let fixture = try Fixtures.read().ecomcharge
        let body = Array(fixture.body.utf8)
        try await RunningPlugin.run { running async throws in
            func status(_ body: [UInt8], _ headers: [String: String]) async throws -> Int {
                try await running.post("/callbacks/shop", body, headers).status
            }
            #expect(try await status(body, ["Content-Signature": fixture.signature]) == 200)
            #expect(try await status(body, ["Authorization": Self.basic]) == 200)
            #expect(try await status(body, [:]) == 401)
            #expect(try await status(body, ["Authorization": "Basic eA=="]) == 401)
            #expect(try await status(body + Array(" ".utf8), ["Content-Signature": fixture.signature]) == 403)
            #expect(try await status(body, ["Content-Signature": "eA==", "Authorization": Self.basic]) == 403)
            #expect(try await status(Array("{}".utf8), ["Authorization": Self.basic]) == 400)
            #expect(running.plugin.orders.map(\.received) == [2])
        }
    }

    @Test func `it takes an event that is signed and of now, once`() async throws {
        let event = try Fixtures.read().event
        let body = Array(event.body.utf8)
        let right = [
            "webhook-id": event.id, "webhook-timestamp": String(event.timestamp), "webhook-signature": event.signature,
        ]
        let several = right.merging(["webhook-signature": "v1,eA== v2,x \(event.signature)"]) { $1 }
        let otherID = right.merging(["webhook-id": "evt_18"]) { $1 }
        let otherTime = right.merging(["webhook-timestamp": String(event.timestamp + 1)]) { $1 }
        try await RunningPlugin.run { running async throws in
            #expect(try await running.post("/events", body, right).status == 200)
            #expect(try await running.post("/events", body, several).status == 200)
            #expect(try await running.post("/events", body, otherID).status == 403)
            #expect(try await running.post("/events", body, otherTime).status == 403)
            #expect(try await running.post("/events", body).status == 401)
            #expect(running.plugin.counters.events == 1)
            #expect(running.plugin.counters.repeatedEvents == 1)
            #expect(running.plugin.orders.map(\.state) == ["succeeded"])
        }
        try await RunningPlugin.run(now: Timestamp(milliseconds: (event.timestamp + 301) * 1000)) {
            running async throws in
            #expect(try await running.post("/events", body, right).status == 401)
        }
    }

    @Test func `it notices a callback that comes after a later one, and not one that comes twice`() async throws {
        let body = try ecommpay()
        try await RunningPlugin.run { running async throws in
            for (number, isInOrder) in [("1", true), ("3", true), ("1", true), ("2", false)] {
                #expect(try await running.post("/callbacks/project", body, ["Paystate-Callback": number]).status == 200)
                #expect(running.plugin.orders.map(\.isInOrder) == [isInOrder], "after \(number)")
            }
            let answer = try await running.orders()
            guard case .array(let orders) = answer.body["orders"] else {
                Issue.record("no orders: \(answer)")
                return
            }
            #expect(orders.compactMap { $0["callbacks"] } == [[1, 3, 2]])
            #expect(orders.compactMap { $0["received"] } == [4])
            #expect(orders.compactMap { $0["in_order"] } == [false])
            #expect(answer.body["counters"]?["callbacks"] == 4)
            #expect(try await running.orders("?limit=0").status == 422)
        }
    }

    @Test func `it fails as it is told to`() async throws {
        let body = try ecommpay()
        try await RunningPlugin.run {
            $0.misbehaviour.fail = 1
        } story: { running async throws in
            #expect(try await running.post("/callbacks/project", body).status == 500)
            #expect(running.plugin.orders.isEmpty)
            #expect(running.plugin.counters.mistreated == 1)
        }
        try await RunningPlugin.run {
            $0.misbehaviour.busy = 1
        } story: { running async throws in
            let reply = try await running.post("/callbacks/project", body)
            #expect(reply.status == 503)
            #expect(reply.retryAfter == "2")
        }
        try await RunningPlugin.run {
            $0.misbehaviour.fail = 0.5
        } story: { running async throws in
            var statuses: Set<Int> = []
            for _ in 0..<30 { statuses.insert(try await running.post("/callbacks/project", body).status) }
            #expect(statuses == [200, 500])
        }
    }

    @Test func `it is down for a while, and forgets nothing`() async throws {
        let body = try ecommpay()
        try await RunningPlugin.run {
            $0.port = try unusedPort()
            $0.outage = PluginSettings.Outage(after: .seconds(1), lasting: .seconds(1))
        } story: { running async throws in
            #expect(try await running.post("/callbacks/project", body).status == 200)
            let isDown = try await eventually { !acceptsConnections(on: running.port) }
            let isBack = try await eventually { acceptsConnections(on: running.port) }
            #expect(isDown && isBack)
            #expect(try await running.post("/callbacks/project", body).status == 200)
            #expect(running.plugin.orders.map(\.received) == [2])
        }
    }

    @Test func `it forgets the first orders first`() async throws {
        let secret = Secret(name: "test", bytes: Array(try Fixtures.read().secret.utf8))
        try await RunningPlugin.run {
            $0.remembered = 2
        } story: { running async throws in
            for id in ["a", "b", "c"] {
                let body: JSON = ["project_id": 240, "payment": ["id": .string(id), "status": "success"]]
                #expect(try await running.post("/callbacks/project", body.signed(with: secret).bytes).status == 200)
            }
            #expect(running.plugin.orders.map(\.paymentID) == ["c", "b"])
        }
    }

    @Test func `it takes everything that both gateways send`() async throws {
        try await RunningPlugin.run {
            $0 = PluginSettings(
                accounts: [.ecommpay(callbacks: nil), try .ecomcharge(callbacks: nil)],
                seed: 5
            )
            $0.port = 0
        } story: { shop in
            try await RunningSandbox.run {
                $0.rate = 100
                $0.lives = [.paid: 1, .refunded: 1, .declined: 1, .captured: 1]
                for index in $0.accounts.indices {
                    let name = $0.accounts[index].name
                    $0.accounts[index].callbacks = "http://127.0.0.1:\(shop.port)/callbacks/\(name)"
                }
            } story: { running async throws in
                let areMade = try await eventually { running.sandbox.counters.created >= 40 }
                #expect(areMade)
                running.sandbox.stopMaking()
                try await running.untilQuiet()
                #expect(shop.plugin.counters.refused == 0)
                #expect(shop.plugin.counters.callbacks == running.sandbox.counters.acknowledged)
                let known = Set(shop.plugin.orders.map(\.paymentID))
                let payments = running.sandbox.groundTruth().payments.filter(\.isAcknowledged)
                #expect(payments.allSatisfy { known.contains($0.id) })
            }
        }
    }
}
