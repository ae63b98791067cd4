import Gateways
import Payments
import Testing

@Suite struct StatusRequestTests {
    private func ecommpay(_ url: String? = nil) throws -> Ecommpay {
        let secrets = ["the first", "the second"].map { Secret(name: $0, bytes: Array($0.utf8)) }
        var values: [String: SettingValue] = ["project_id": .integer(240), "secrets": .secrets(secrets)]
        values["api_url"] = url.map(SettingValue.url)
        return try Ecommpay(values)
    }

    private func ecomcharge(_ urls: [String: String] = [:]) throws -> EComCharge {
        var values: [String: SettingValue] = ["shop_id": .integer(1673), "secret": .secret("pass:wörd")]
        values.merge(urls.mapValues(SettingValue.url)) { $1 }
        return try EComCharge(values)
    }

    @Test func `ecommpay is asked with the first secret, byte for byte`() throws {
        for vector in try Fixtures.asking().ecommpay {
            let entity = Entity.payment(id: vector.id)
            let requests = try ecommpay().statusRequests(about: entity, method: "card", remembered: nil)
            let request = try #require(requests.first)
            #expect(requests.count == 1)
            #expect(request.endpoint == "payment/status")
            #expect(request.method == .post)
            #expect(request.url == "https://api.ecommpay.com/v2/payment/status")
            #expect(request.headers.map(\.name) == ["Content-Type", "Accept"])
            #expect(request.headers.map(\.value) == ["application/json", "application/json"])
            #expect(request.body == Array(vector.sent.utf8), "\(vector.name)")
        }
    }

    @Test func `eComCharge is asked for one segment of a path, whatever the id`() throws {
        for vector in try Fixtures.asking().ecomcharge {
            let entity = Entity.checkout(token: vector.id)
            let request = try #require(ecomcharge().statusRequests(about: entity, method: nil, remembered: nil).first)
            #expect(request.endpoint == "ctp/api/checkouts")
            #expect(request.method == .get)
            #expect(
                request.url == "https://checkout.ecomcharge.com/ctp/api/checkouts/\(vector.sent)",
                "\(vector.name)"
            )
            #expect(request.headers.map(\.name) == ["Authorization", "Accept"])
            #expect(request.headers.map(\.value) == [EComChargeShop.basic("1673:pass:wörd"), "application/json"])
            // A request with a Content-Type is refused (protocol sheet, 11).
            #expect(request.body.isEmpty)
        }
    }

    /// The entity, the payment method, the remembered endpoint, and the services that are polled in turn.
    static let turns: [(entity: Entity, method: String?, remembered: String?, urls: [String])] = [
        (.payment(id: "u"), nil, nil, ["g/transactions", "a/beyag/payments", "a/beyag/transactions"]),
        (.payment(id: "u"), "credit_card", nil, ["g/transactions", "a/beyag/payments", "a/beyag/transactions"]),
        (.payment(id: "u"), "erip", nil, ["a/beyag/payments", "a/beyag/transactions", "g/transactions"]),
        (.payment(id: "u"), "ERIP", nil, ["a/beyag/payments", "a/beyag/transactions", "g/transactions"]),
        (.payment(id: "u"), "halva", nil, ["a/beyag/transactions", "a/beyag/payments", "g/transactions"]),
        (
            .payment(id: "u"), "credit_card", "beyag/transactions",
            ["a/beyag/transactions", "g/transactions", "a/beyag/payments"]
        ),
        (.payment(id: "u"), "erip", "transactions", ["g/transactions", "a/beyag/payments", "a/beyag/transactions"]),
        (.payment(id: "u"), "erip", "beyag/payments", ["a/beyag/payments", "a/beyag/transactions", "g/transactions"]),
        (.payment(id: "u"), nil, "beyag/refunds", ["g/transactions", "a/beyag/payments", "a/beyag/transactions"]),
        (
            .payment(id: "u"), nil, "a word of another time",
            ["g/transactions", "a/beyag/payments", "a/beyag/transactions"]
        ),
        (.operation(id: "u"), nil, nil, ["g/transactions", "a/beyag/refunds"]),
        (.operation(id: "u"), "erip", nil, ["g/transactions", "a/beyag/refunds"]),
        (.operation(id: "u"), nil, "beyag/refunds", ["a/beyag/refunds", "g/transactions"]),
        (.checkout(token: "u"), "erip", "transactions", ["c/ctp/api/checkouts"]),
        (.subscription(id: "u"), nil, nil, ["a/subscriptions"]),
        (.payment(id: ""), nil, nil, []), (.operation(id: ""), nil, nil, []),
        (.checkout(token: ""), nil, nil, []), (.subscription(id: ""), nil, nil, []),
    ]

    @Test(arguments: turns)
    func `eComCharge's services are asked in the order in which they may know`(
        turn: (entity: Entity, method: String?, remembered: String?, urls: [String])
    ) throws {
        let gateway = try ecomcharge(["checkout_url": "http://c", "gateway_url": "http://g", "api_url": "http://a"])
        let requests = gateway.statusRequests(about: turn.entity, method: turn.method, remembered: turn.remembered)
        #expect(requests.map(\.url) == turn.urls.map { "http://\($0)/u" })
        #expect(requests.map(\.endpoint) == turn.urls.map { String($0.dropFirst(2)) })
    }

    @Test(arguments: [Entity.operation(id: "1"), .checkout(token: "1"), .subscription(id: "1"), .payment(id: "")])
    func `ecommpay can only be asked about a payment`(entity: Entity) throws {
        #expect(try ecommpay().statusRequests(about: entity, method: nil, remembered: "payment/status").isEmpty)
    }

    @Test(arguments: [
        ("https://api.example.com", "https://api.example.com"), ("https://api.example.com/", "https://api.example.com"),
        ("http://[::1]:81/a/b//", "http://[::1]:81/a/b"), ("https://x.example/%7Epay", "https://x.example/%7Epay"),
    ])
    func `an address may end in a slash and begin a path`(address: String, base: String) throws {
        let payment = Entity.payment(id: "1")
        let first = try ecommpay(address).statusRequests(about: payment, method: nil, remembered: nil)
        #expect(first.map(\.url) == ["\(base)/v2/payment/status"])
        let second = try ecomcharge(["gateway_url": address]).statusRequests(
            about: payment,
            method: nil,
            remembered: nil
        )
        #expect(second.first?.url == "\(base)/transactions/1")
    }

    @Test func `a status request shows neither its sender nor its subject`() throws {
        let payment = Entity.payment(id: "order-77")
        let requests =
            try ecommpay().statusRequests(about: payment, method: nil, remembered: nil)
            + ecomcharge().statusRequests(about: payment, method: "halva", remembered: nil)
        for request in requests {
            var dumped = ""
            dump(request, to: &dumped)
            for text in ["\(request)", String(reflecting: request), dumped] {
                #expect(text.contains(request.endpoint))
                #expect(!text.contains("order-77"))
                #expect(!text.contains("Basic"))
                #expect(!text.contains("signature"))
                #expect(!text.contains("123, "))
            }
        }
    }
}
