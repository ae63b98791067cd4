import Gateways
import LosslessJSON
import Payments
import Sandbox
import Testing

/// The status endpoints authenticate requests, and know only their own account's payments.
@Suite struct StatusEndpointTests {
    private let secret = Secret(name: "test", bytes: Array(SandboxKeys.secret.utf8))
    private let shop = Merchant.credentials

    private func world() throws -> World {
        var simulation = try Simulation { $0.lives = Dictionary(uniqueKeysWithValues: Life.allCases.map { ($0, 1) }) }
        try simulation.live(making: 25)
        return simulation.world
    }

    @Test(arguments: [
        (#"{"general":{"project_id":240,"payment_id":"x","signature":"AAAA"}}"#, "3261"),
        (#"{"general":{"project_id":241,"payment_id":"x","signature":"AAAA"}}"#, "3261"),
        (#"{"general":{"project_id":240,"payment_id":"x","signature":""}}"#, "3262"),
        (#"{"general":{"project_id":240,"payment_id":"x"}}"#, "3262"),
        (#"{"general":"#, "2003"), ("", "2003"),
    ])
    func `ecommpay refuses a status request that is not signed right`(_ body: String, _ code: String) throws {
        var world = try Simulation().world
        let reply = world.reply(toStatusRequest: Array(body.utf8))
        #expect(reply.status == 400)
        #expect(try JSON(reading: reply.body)["code"]?.string == code)
    }

    @Test func `ecommpay has not found what is not registered, and does not sign that`() throws {
        var world = try Simulation().world
        let request: JSON = ["general": ["project_id": 240, "payment_id": "nobody's"]]
        let reply = world.reply(toStatusRequest: request.signed(with: secret).bytes)
        #expect(reply.status == 200)
        #expect(
            String(decoding: reply.body, as: UTF8.self)
                == #"{"payment":{"status":"error"},"errors":[{"code":"3061","message":"Transaction not found"}]}"#
        )
    }

    @Test(arguments: [nil, "Basic MTY3Mzp4", "Bearer x", "basic"])
    func `eComCharge refuses other credentials`(_ authorization: String?) throws {
        var world = try world()
        let payment = try #require(world.groundTruth().payments.first { $0.account == "sandbox-ecomcharge" })
        #expect(world.reply(about: payment.id, at: .transactions, authorization: authorization).status == 401)
    }

    @Test func `each transaction is known at one endpoint alone`() throws {
        var world = try world()
        var places: [Set<String>: Int] = [:]
        for payment in world.groundTruth().payments where payment.account == "sandbox-ecomcharge" {
            for operation in payment.operations {
                let known = Endpoint.allCases.filter { endpoint in
                    endpoint != .paymentStatus
                        && world.reply(about: operation.id, at: endpoint, authorization: shop).status == 200
                }
                let kind = operation.parentID == nil ? "root" : operation.type
                places[Set(known.map { "\(kind) \($0.rawValue)" }), default: 0] += 1
            }
        }
        #expect(
            Set(places.keys) == [
                ["root transactions"], ["root beyag/payments"], ["root beyag/transactions"], ["capture transactions"],
                ["void transactions"], ["refund transactions"], ["refund beyag/refunds"], ["chargeback transactions"],
            ]
        )
    }

    @Test func `tokens and subscriptions are known by their own names`() throws {
        var world = try world()
        let checkout = try #require(world.groundTruth().checkouts.first)
        let subscription = try #require(world.groundTruth().subscriptions.first)
        #expect(world.reply(about: checkout.token, at: .checkouts, authorization: shop).status == 200)
        #expect(world.reply(about: subscription.id, at: .subscriptions, authorization: shop).status == 200)
        #expect(world.reply(about: subscription.id, at: .checkouts, authorization: shop).status == 404)
    }
}
