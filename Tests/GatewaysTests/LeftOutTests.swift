import Gateways
import Payments
import Testing

/// A member that decides nothing must not lose a payment, whatever the gateway writes into it (docs/evidence-rules.md).
@Suite struct LeftOutTests {
    private let shop: EComChargeShop
    private let account: EcommpayAccount

    init() throws {
        shop = try EComChargeShop()
        account = try EcommpayAccount()
    }

    static let transaction: Body = [
        "uid": "u-1", "type": "payment", "status": "successful", "amount": 500, "currency": "EUR",
        "tracking_id": "order-1",
    ]

    static let oddMembers: [(path: String, members: Body)] = [
        ("transaction.updated_at", ["updated_at": 1_763_632_800]),
        ("transaction.created_at", ["created_at": ["date": "2026-11-20"]]),
        ("transaction.message", ["message": ["Insufficient funds"]]),
        ("transaction.message", ["message": [:]]),
        ("transaction.code", ["code": true]),
        ("transaction.additional_data.vendor", ["additional_data": ["vendor": "free text of the merchant"]]),
        ("transaction.additional_data", ["additional_data": ["x"]]),
        ("transaction.credit_card", ["credit_card": "visa"]),
        ("transaction.credit_card.exp_year", ["credit_card": ["exp_year": [2030]]]),
        ("transaction.payment.rrn", ["payment": ["rrn": ["999"]]]),
        ("transaction.erip", ["erip": 5, "tracking_id": nil]),
        ("transaction.receipt_url", ["receipt_url": 1]),
        ("transaction.paid_at", ["paid_at": false]),
    ]

    @Test(arguments: oddMembers)
    func `in eComCharge's bodies it may have any type`(line: (path: String, members: Body)) throws {
        let report = try shop.report(of: ["transaction": Self.transaction.with(line.members)])
        #expect(report.leftOut == [line.path])
        #expect(report.payment?.amount == 500)
        #expect(report.operations.map(\.status.state) == [.succeeded])
        #expect(report.operations.map(\.currency) == ["EUR"])
    }

    @Test(arguments: [
        (#""credit_card":{"exp_year":1,"exp_year":2030,"brand":"visa"}"#, ["transaction.credit_card.exp_year"]),
        (#""message":"a","message":"b""#, ["transaction.message"]),
        (#""credit_card":{},"credit_card":{"brand":"visa"}"#, ["transaction.credit_card"]),
        (#""x":1,"x":2"#, []),
    ])
    func `in eComCharge's bodies it may be there more than once`(members: String, leftOut: [String]) throws {
        let body = #"{"transaction":{"uid":"u-1","type":"payment","status":"successful",\#(members)}}"#
        let report = try shop.report(of: body)
        #expect(report.leftOut == leftOut)
        #expect(report.operations.map(\.status.state) == [.succeeded])
        let answer = StatusResponse(status: 200, body: Array(body.utf8))
        #expect(shop.gateway.read(answer, about: .payment(id: "u-1")) == .report(report))
    }

    static let oddCallbacks: [(path: String, body: Body)] = [
        ("payment.date", ["payment": ["date": ["date": "2026-11-20 10:00:00.000000", "timezone_type": 3]]]),
        ("payment.method", ["payment": ["method": 5]]),
        ("operation.message", ["operation": ["id": 1, "type": "sale", "status": "success", "message": ["x"]]]),
        ("operation.provider", ["operation": ["id": 1, "type": "sale", "status": "success", "provider": "x"]]),
        ("account", ["account": "431422******0056"]),
        ("customer", ["customer": ["c-1"]]),
        ("recurring", ["recurring": "1"]),
    ]

    @Test(arguments: oddCallbacks)
    func `in ecommpay's callbacks it is a reason to ask, for types are not signed`(line: (path: String, body: Body))
        throws
    {
        let payment: Body = ["id": "order-1", "status": "success", "sum": ["amount": 5200, "currency": "EUR"]]
        var body = Body.ecommpayPayment.with(["payment": payment]).with(line.body)
        if case .object(let members) = line.body, let changed = members.first(where: { $0.key == "payment" }) {
            body = body.with(["payment": payment.with(changed.value)])
        }
        let report = try account.report(of: body)
        #expect(report.leftOut == [line.path])
        #expect(report.payment?.amount == 5200)
        #expect(try account.verdict(on: body) == .ambiguous)
        let answer = StatusResponse(status: 200, body: EcommpayAccount.signed(body).bytes)
        #expect(account.gateway.read(answer, about: .payment(id: "order-1")) == .report(report))
    }

    @Test func `each is named once, and no more of them than anybody reads`() throws {
        let operations = (0..<500).map { index -> Body in
            ["id": .number(String(index)), "status": "success", "message": ["x"], "code": "0"]
        }
        let body: Body = ["payment": ["id": "1", "status": "success"], "operations": .array(operations)]
        let leftOut = try account.report(of: body).leftOut
        #expect(leftOut.count == 100)
        #expect(leftOut.first == "operations.0.message")
        #expect(Set(leftOut).count == 100)
    }

    static let mentions: [(body: Body, mention: Mention?)] = [
        (["transaction": ["uid": "u", "amount": .number("1.5")]], Mention(paymentID: "u")),
        (["transaction": ["uid": 5, "status": 1]], Mention(paymentID: "5")),
        (
            ["transaction": ["uid": "c", "parent_uid": "p", "amount": .number("1.5"), "status": "successful"]],
            Mention(paymentID: "p", operationID: "c")
        ),
        (["transaction": ["uid": "u", "message": "\u{0}", "status": "failed"]], Mention(paymentID: "u")),
        (
            ["checkout": ["token": "t", "finished": 2, "gateway_response": ["payment": ["uid": "u"]]]],
            Mention(paymentID: "u")
        ),
        // The member that names it cannot be read.
        (["transaction": ["uid": .number("1.5")]], nil), (["transaction": ["uid": "", "status": "failed"]], nil),
        (["transaction": ["uid": "u\u{0}", "status": "failed"]], nil),
        (["transaction": ["uid": "c", "parent_uid": ["p"]]], nil), (["transaction": ["uid", "u"]], nil),
        (["checkout": ["token": "t", "finished": 2]], nil),
        (["id": "sbs_1", "state": 5, "last_transaction": ["uid": "u"]], nil), (["x"], nil),
    ]

    @Test(arguments: mentions)
    func `an eComCharge body that cannot be read may name a payment`(line: (body: Body, mention: Mention?)) {
        let undecodable = #expect(throws: DecodingFailure.self) { try shop.report(of: line.body) }
        #expect(undecodable?.mention == line.mention)
    }

    @Test(
        arguments: [
            (["payment": ["id": "1", "status": "success", "sum": ["amount": .number("0.5")]]], "1"),
            (["payment": ["id": 7, "status": 5]], "7"), (["payment": ["id": "1", "status": "x\u{0}"]], "1"),
            (["general": ["payment_id": "1"], "payment": ["status": ["success"]]], "1"),
            (["payment": ["id": .number("1.5"), "status": "success"]], nil),
            (["payment": ["id": "1\u{0}", "status": "success"]], nil), (["payment": "1"], nil),
        ] as [(Body, String?)]
    )
    func `an ecommpay body that cannot be read may name a payment`(body: Body, id: String?) {
        let undecodable = #expect(throws: DecodingFailure.self) { try account.report(of: body) }
        #expect(undecodable?.mention == id.map { Mention(paymentID: $0) })
    }

    /// Every value of a body, replaced by what anybody may put where there was none.
    @Test(arguments: [[:], [], [[]], ["x": []], ["signature": "x"], ["frame_mode": ["status": "success"]]] as [Body])
    func `what is not signed says nothing to ecommpay, wherever it stands`(nothing: Body) throws {
        let complete = Body.ecommpayPayment.with(["errors": [["code": "1"]], "customer": ["id": "1"]])
        let silent = complete.replacingEach(by: .null)
        let odd = complete.replacingEach(by: nothing)
        #expect(odd.count > 30)
        for (odd, silent) in zip(odd, silent) where odd.text.contains("\"project_id\":240") {
            #expect(try account.report(of: odd) == account.report(of: silent), "\(odd.text)")
            #expect(try account.verdict(on: odd) == account.verdict(on: silent), "\(odd.text)")
        }
    }
}
