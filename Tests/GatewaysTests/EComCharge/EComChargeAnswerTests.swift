import Gateways
import Payments
import Testing

@Suite struct EComChargeAnswerTests {
    private let shop: EComChargeShop

    init() throws {
        shop = try EComChargeShop()
    }

    private func read(_ status: Int, _ body: Body, about entity: Entity) -> StatusResult {
        shop.gateway.read(StatusResponse(status: status, body: body.bytes), about: entity)
    }

    static let root: Body = [
        "transaction": [
            "uid": "u-1", "id": "u-1", "type": "payment", "status": "successful", "amount": 500, "currency": "EUR",
            "shop_id": 1673, "updated_at": "2026-11-22T10:00:01.000Z",
        ]
    ]
    static let child: Body = [
        "transaction": ["uid": "u-2", "parent_uid": "u-1", "type": "refund", "status": "successful", "amount": 100]
    ]
    static let subscription: Body = ["id": "sbs_1", "state": "active", "plan": ["currency": "EUR"]]

    /// The gateway's answer about a token; `gateway_response` is null until somebody has paid.
    static func token(status: Body, response: Body, finished: Bool, order: Body) -> Body {
        [
            "checkout": [
                "token": "tok-1", "shop_id": 1673, "transaction_type": "payment", "gateway_response": response,
                "order": order, "finished": .bool(finished), "expired": false, "test": true, "status": status,
                "message": finished ? "Transaction is successful." : "Gateway response not found.",
                "shop": ["id": "1673", "name": "Shop"], "customer": nil,
            ]
        ]
    }

    static let paid: Body = [
        "payment": ["uid": "u-1", "type": "payment", "status": "successful", "amount": 737, "currency": "EUR"]
    ]
    static let plain: Body = ["amount": 737, "currency": "EUR", "tracking_id": nil]
    static let withSurcharge = plain.with(["initial_amount": 700, "surcharge_amount": 37])
    static let withAdjustments = plain.with([
        "additional_data": ["adjustments": ["initial_amount": 700, "adjustment_amount": 37, "currency": "EUR"]]
    ])

    static let reports: [(entity: Entity, body: Body)] = [
        (.payment(id: "u-1"), root), (.operation(id: "u-1"), root),
        // It turned out to be a child.
        (.payment(id: "u-2"), child), (.operation(id: "u-2"), child),
        (.subscription(id: "sbs_1"), subscription), (.subscription(id: "sbs_1"), ["subscription": subscription]),
        (.checkout(token: "tok-1"), token(status: "successful", response: paid, finished: true, order: plain)),
        (.checkout(token: "tok-1"), token(status: "successful", response: paid, finished: true, order: withSurcharge)),
        (.checkout(token: "tok-1"), token(status: "error", response: nil, finished: false, order: withAdjustments)),
    ]

    @Test(arguments: reports)
    func `an answer about whom we asked is a report, the same as a callback would make`(
        line: (entity: Entity, body: Body)
    ) throws {
        #expect(try read(200, line.body, about: line.entity) == .report(shop.report(of: line.body)))
    }

    @Test func `what proves an answer is the connection that we opened`() throws {
        let authentic = try shop.gateway.authenticate(StatusResponse(status: 200, body: Self.root.bytes))
        #expect(authentic.form == .basic)
        #expect(authentic.verdict == .valid)
        #expect(authentic.keyID == "secret")
    }

    static let silent = StatusResult.undecodable("the body says nothing about what was polled")
    static let open = StatusResult.undecodable("the body does not give its status")

    static let readings: [(status: Int, body: Body, entity: Entity, result: StatusResult)] = [
        (200, root, .payment(id: "u-3"), .foreign), (200, child, .payment(id: "u-1"), .foreign),
        (200, child, .operation(id: "u-1"), .foreign), (200, root, .checkout(token: "u-1"), .foreign),
        (200, subscription, .subscription(id: "sbs_2"), .foreign), (200, subscription, .payment(id: "sbs_1"), .foreign),
        (
            200, token(status: "error", response: nil, finished: false, order: plain), .checkout(token: "tok-2"),
            .foreign
        ),
        (200, ["transaction": ["uid": "u-1", "status": "successful", "shop_id": 1674]], .payment(id: "u-1"), .foreign),
        (200, ["shop": ["id": "1674"], "transaction": ["uid": "u-1"]], .payment(id: "u-1"), .foreign),
        (200, ["checkout": ["token": "tok-1", "shop_id": 1]], .checkout(token: "tok-1"), .foreign),
        (200, ["transaction": ["uid": "u-1"]], .payment(id: "u-1"), open),
        (200, ["transaction": ["uid": "u-1"]], .operation(id: "u-1"), open),
        (200, ["transaction": ["uid": "u-2", "parent_uid": "u-1"]], .operation(id: "u-2"), silent),
        (200, ["transaction": ["status": "successful"]], .payment(id: "u-1"), silent),
        (200, ["transaction": nil], .payment(id: "u-1"), silent), (200, [:], .payment(id: "u-1"), silent),
        (200, ["transactions": []], .payment(id: "u-1"), silent),
        (
            200, ["transaction": "u-1"], .payment(id: "u-1"),
            .undecodable("transaction has another type than documented")
        ),
        (200, [root], .payment(id: "u-1"), .undecodable("the body has another type than documented")),
        (
            200, ["transaction": ["uid": "u-1", "status": "successful", "amount": .number("5e2")]], .payment(id: "u-1"),
            .undecodable("transaction.amount is not a whole number")
        ),
        (404, ["message": "Not found."], .payment(id: "u-1"), .notFound),
        (404, ["response": ["message": "Record not found"]], .checkout(token: "tok-1"), .notFound),
        (404, root, .payment(id: "u-1"), .notFound),
        (401, ["message": "Unauthorized"], .payment(id: "u-1"), .unauthorized),
        (403, root, .payment(id: "u-1"), .unauthorized),
        (400, root, .payment(id: "u-1"), .undecodable("HTTP status 400")),
        (422, ["message": "Unprocessable entity"], .payment(id: "u-1"), .undecodable("HTTP status 422")),
        (202, root, .payment(id: "u-1"), .undecodable("HTTP status 202")),
        (408, root, .payment(id: "u-1"), .unavailable), (429, [:], .payment(id: "u-1"), .rateLimited),
        (302, root, .payment(id: "u-1"), .unavailable), (500, root, .payment(id: "u-1"), .unavailable),
    ]

    @Test(arguments: readings)
    func `the HTTP status and the body together tell what an answer is worth`(
        line: (status: Int, body: Body, entity: Entity, result: StatusResult)
    ) {
        #expect(read(line.status, line.body, about: line.entity) == line.result)
    }

    @Test(arguments: [
        ("", StatusResult.unavailable), ("<html>Not found</html>", .unavailable), ("null,", .unavailable),
        (#"{"transaction":{"uid":"u-1""#, .undecodable("the body is not JSON")),
        (
            #"{"transaction":{"uid":"u-1","uid":"u-1"}}"#,
            .undecodable("transaction.uid is there more than once")
        ),
    ])
    func `a body that is not JSON is the gateway's trouble, and at 404 not even looked at`(
        body: String,
        result: StatusResult
    ) {
        let answer = StatusResponse(status: 200, body: Array(body.utf8))
        #expect(shop.gateway.read(answer, about: .payment(id: "u-1")) == result)
        let missing = StatusResponse(status: 404, body: Array(body.utf8))
        #expect(shop.gateway.read(missing, about: .payment(id: "u-1")) == .notFound)
    }
}
