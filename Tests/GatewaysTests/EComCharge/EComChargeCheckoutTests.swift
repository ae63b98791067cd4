import Gateways
import Payments
import Testing

@Suite struct EComChargeCheckoutTests {
    private let shop: EComChargeShop

    init() throws {
        shop = try EComChargeShop()
    }

    static let answer: Body = [
        "checkout": [
            "token": "tok-1", "shop_id": 1673, "transaction_type": "payment", "finished": true, "expired": false,
            "test": true, "status": "successful", "message": "Transaction is successful.", "customer": nil,
            "shop": ["id": "1673", "name": "Shop"],
            "order": ["amount": 500, "currency": "EUR", "tracking_id": "order-1"],
            "gateway_response": [
                "payment": [
                    "uid": "f356bd32", "type": "payment", "status": "successful",
                    "updated_at": "2026-11-22T10:00:01.836Z",
                    "amount": 500, "currency": "EUR", "message": "Payment was approved",
                ]
            ],
        ]
    ]

    @Test func `a paid token tells of itself, its payment and its operation`() throws {
        let report = try shop.report(of: Self.answer)
        var checkout = CheckoutReport(
            token: "tok-1",
            status: Status(word: "successful", state: .succeeded),
            isFinished: true,
            isExpired: false
        )
        checkout.reference = "order-1"
        checkout.isTest = true
        checkout.amount = 500
        checkout.currency = "EUR"
        checkout.paymentID = "f356bd32"
        #expect(report.checkout == checkout)

        var payment = PaymentReport(id: "f356bd32")
        payment.reference = "order-1"
        payment.checkoutToken = "tok-1"
        payment.type = "payment"
        payment.purpose = .purchase
        payment.amount = 500
        payment.currency = "EUR"
        payment.isTest = true
        payment.message = "Payment was approved"
        payment.gatewayTime = Timestamp(milliseconds: 1_795_341_601_836)
        #expect(report.payment == payment)

        #expect(report.operations.map(\.id) == ["f356bd32"])
        #expect(report.operations.map(\.kind) == [.payment])
        #expect(report.operations.map(\.status) == [Status(word: "successful", state: .succeeded)])
        #expect(report.operations.map(\.isTest) == [true])
    }

    @Test func `older answers lack the type, amount and status`() throws {
        let report = try shop.report(of: [
            "checkout": [
                "token": "t", "transaction_type": "authorization", "finished": true,
                "order": ["amount": 4299, "currency": "GBP"],
                "gateway_response": ["authorization": ["uid": "1891-5f", "status": "successful"]],
            ]
        ])
        #expect(report.checkout?.status == Status(word: "successful", state: .succeeded))
        #expect(report.operations.map(\.kind) == [.authorization])
        #expect(report.operations.map(\.amount) == [4299])
        #expect(report.payment?.currency == "GBP")
    }

    /// Status, finished, expired, and the resulting state.
    static let states: [(Body, Body, Body, String, State)] = [
        ("successful", true, false, "successful", .succeeded),
        ("successful", true, true, "successful", .succeeded),
        ("successful", false, false, "successful", .pending),
        ("failed", true, false, "failed", .pending),
        ("failed", true, true, "failed", .expired),
        ("error", false, false, "error", .pending),
        ("error", true, false, "error", .pending),
        ("error", false, true, "error", .expired),
        ("pending", false, false, "pending", .pending),
        ("teleported", true, false, "teleported", .unknown),
        ("teleported", false, true, "teleported", .expired),
        (nil, nil, nil, "pending", .pending),
        (nil, true, false, "finished", .pending),
        (nil, false, true, "expired", .expired),
        (nil, "true", 0, "finished", .pending),
    ]

    @Test(arguments: states)
    func `a token succeeds only when it is finished with success`(
        said: (status: Body, finished: Body, expired: Body, word: String, state: State)
    ) throws {
        let checkout: Body = [
            "token": "t", "status": said.status, "finished": said.finished, "expired": said.expired,
            "message": "Gateway response not found.", "order": ["amount": 1],
        ]
        let wrapped = try shop.report(of: ["checkout": checkout])
        #expect(wrapped.checkout?.status == Status(word: said.word, state: said.state))
        #expect(wrapped.payment == nil)
    }

    @Test func `the notice that a token expired is flat`() throws {
        let report = try shop.report(of: [
            "token": "tok-1", "shop_id": 1673, "transaction_type": "payment", "gateway_response": nil,
            "order": ["amount": 4299, "currency": "USD", "tracking_id": nil], "finished": false, "expired": true,
            "test": false, "status": "error", "message": "Token is expired.", "shop": ["name": "Shop"],
        ])
        #expect(report.payment == nil)
        #expect(report.operations.isEmpty)
        #expect(report.checkout?.status == Status(word: "error", state: .expired))
        #expect(report.checkout?.isExpired == true)
        #expect(report.checkout?.isFinished == false)
        #expect(report.checkout?.amount == 4299)
    }

    @Test func `a failed attempt fails its payment, not the token`() throws {
        let failed = Body.object([
            .init(
                key: "checkout",
                value: [
                    "token": "t", "status": "failed", "finished": true, "expired": false,
                    "gateway_response": ["payment": ["uid": "first", "type": "payment", "status": "failed"]],
                ]
            )
        ])
        let report = try shop.report(of: failed)
        #expect(report.checkout?.status == Status(word: "failed", state: .pending))
        #expect(report.operations.map(\.status.state) == [.failed])
    }

    @Test func `the section's key is the type where none is said`() throws {
        for (key, kind) in [("authorization", OperationKind.authorization), ("payment", .payment)] {
            let response = Body.object([.init(key: key, value: ["uid": "u", "status": "successful", "rrn": "999"])])
            let report = try shop.report(of: [
                "checkout": ["token": "t", "finished": true, "gateway_response": response]
            ])
            #expect(report.payment?.type == key)
            #expect(report.payment?.purpose == .purchase)
            #expect(report.operations.map(\.kind) == [kind])
            #expect(report.operations.map(\.rrn) == ["999"])
        }
    }

    @Test func `until when a token may be paid`() throws {
        let at = Timestamp(milliseconds: 1_795_341_600_000)
        let time: Body = "2026-11-22T10:00:00Z"
        for token in [["order": ["expired_at": time]], ["expired_at": time]] as [Body] {
            let report = try shop.report(of: ["checkout": token.with(["token": "t"])])
            #expect(report.checkout?.expiresAt == at)
        }
    }
}
