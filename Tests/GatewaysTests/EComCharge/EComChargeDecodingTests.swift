import Gateways
import Payments
import Testing

@Suite struct EComChargeDecodingTests {
    private let shop: EComChargeShop

    init() throws {
        shop = try EComChargeShop()
    }

    static let payment: Body = [
        "transaction": [
            "uid": "37728767-e10aa95f2b", "id": "37728767-e10aa95f2b", "type": "payment", "status": "successful",
            "amount": 500, "currency": "EUR", "tracking_id": "order-1", "description": nil, "test": false,
            "payment_method_type": "credit_card", "code": "S.0000", "message": "Successfully processed",
            "created_at": "2026-11-22T10:00:00Z", "updated_at": "2026-11-22T10:00:01.836Z",
            "paid_at": "2026-11-22T10:00:01.781+00:00", "manually_corrected_at": "2026-11-23T10:00:00Z",
            "payment": ["status": "pending", "amount": 1, "rrn": "999", "auth_code": 654321], "customer": nil,
            "settled_at": "2026-11-24T10:00:00Z", "expired_at": "2026-11-22T11:00:00Z",
            "receipt_url": "https://r.example/1",
            "credit_card": [
                "brand": "visa", "last_4": "4242", "exp_month": 1, "exp_year": 2030, "token": "card-1",
            ],
            "additional_data": ["vendor": ["name": "CTP", "token": "tok-1"]],
        ]
    ]

    @Test func `a root transaction is a payment and its first operation`() throws {
        var payment = PaymentReport(id: "37728767-e10aa95f2b")
        payment.reference = "order-1"
        payment.checkoutToken = "tok-1"
        payment.type = "payment"
        payment.purpose = .purchase
        payment.card = Card(brand: "visa", last4: "4242", expiry: "2030-01")
        payment.paidAt = Timestamp(milliseconds: 1_795_341_601_781)
        payment.settledAt = Timestamp(milliseconds: 1_795_514_400_000)
        payment.expiresAt = Timestamp(milliseconds: 1_795_345_200_000)
        payment.method = "credit_card"
        payment.amount = 500
        payment.currency = "EUR"
        payment.isTest = false
        payment.code = "S.0000"
        payment.message = "Successfully processed"
        payment.gatewayTime = Timestamp(milliseconds: 1_795_341_601_836)
        var operation = OperationReport(
            id: payment.id,
            kind: .payment,
            status: Status(word: "successful", state: .succeeded)
        )
        operation.type = "payment"
        operation.amount = 500
        operation.currency = "EUR"
        operation.isTest = false
        operation.rrn = "999"
        operation.authCode = "654321"
        operation.receiptURL = "https://r.example/1"
        operation.code = "S.0000"
        operation.message = "Successfully processed"
        operation.createdAt = Timestamp(milliseconds: 1_795_341_600_000)
        operation.gatewayTime = Timestamp(milliseconds: 1_795_341_601_836)
        operation.correctedAt = Timestamp(milliseconds: 1_795_428_000_000)
        payment.credentials.cardToken = "card-1"
        #expect(try shop.report(of: Self.payment) == Report(payment: payment, operations: [operation]))
    }

    @Test(arguments: ["capture", "void", "refund", "chargeback"])
    func `a child is an operation of its parent's payment`(type: String) throws {
        let report = try shop.report(of: [
            "transaction": [
                "uid": "r-1", "parent_uid": "p-1", "type": .string(type), "status": "successful", "amount": 200,
                "currency": "EUR", "reason": "return", "parent_transaction": ["uid": "p-1", "status": "failed"],
            ]
        ])
        #expect(report.payment == nil)
        #expect(report.operations.map(\.id) == ["r-1"])
        #expect(report.operations.map(\.parentID) == ["p-1"])
        #expect(report.operations.map(\.amount) == [200])
        #expect(report.operations.map(\.status.state) == [.succeeded])
    }

    @Test func `other methods name themselves elsewhere, and references may be numbers`() throws {
        let body: Body = [
            "transaction": ["uid": "1", "method_type": "u_pay_safe", "tracking_id": 42, "status": "pending"]
        ]
        let payment = try shop.report(of: body).payment
        #expect(payment?.method == "u_pay_safe")
        #expect(payment?.reference == "42")
    }

    @Test(
        arguments: [
            ["amount": 737, "initial_amount": 700, "surcharge_amount": 37],
            ["amount": 737, "additional_data": ["adjustments": ["initial_amount": 700, "adjustment_amount": "37"]]],
        ] as [Body]
    )
    func `a surcharge is read in both forms`(members: Body) throws {
        let transaction = members.with(["uid": "1", "type": "payment", "status": "successful"])
        let order: Body = ["checkout": ["token": "t", "order": members, "gateway_response": ["payment": ["uid": "1"]]]]
        for body in [["transaction": transaction], order] as [Body] {
            let payment = try shop.report(of: body).payment
            #expect(payment?.amount == 737)
            #expect(payment?.initialAmount == 700)
            #expect(payment?.surcharge == 37)
        }
    }

    @Test(
        arguments: [
            (true, true), (false, false), (1, true), (0, false), ("true", true), ("false", false), ("1", true),
            (nil, nil),
            ("", nil),
        ] as [(Body, Bool?)]
    )
    func `test is read leniently`(value: Body, isTest: Bool?) throws {
        let body: Body = ["transaction": ["uid": "1", "type": "payment", "status": "successful", "test": value]]
        let report = try shop.report(of: body)
        #expect(report.payment?.isTest == isTest)
        #expect(report.operations.map(\.isTest) == [isTest])
    }

    static let flatPlan: Body = ["id": "pln_1", "title": "Basic", "currency": "BYN", "amount": 2500]
    static let nestedPlan: Body = [
        "id": "pln_1", "title": "Basic", "currency": "BYN", "plan": ["amount": 2500], "trial": ["amount": nil],
        "amount": 499,
    ]

    @Test(arguments: [flatPlan, nestedPlan])
    func `a subscription gives its plan and its last transaction, flat or wrapped`(plan: Body) throws {
        var expected = SubscriptionReport(
            id: "sbs_1",
            status: Status(word: "active", state: .pending),
            standing: .active
        )
        expected.event = "renewed.subscription"
        expected.plan = "Basic"
        expected.reference = "S-1"
        expected.amount = 2500
        expected.currency = "BYN"
        expected.paymentID = "13-2a"
        expected.chargedAt = Timestamp(milliseconds: 1_795_341_600_000)
        expected.paidCycles = 3
        expected.renewsAt = Timestamp(milliseconds: 1_797_933_600_000)
        expected.activeUntil = Timestamp(milliseconds: 1_797_933_601_000)
        let body: Body = [
            "id": "sbs_1", "state": "active", "event": "renewed.subscription", "tracking_id": "S-1", "plan": plan,
            "paid_billing_cycles": 3, "renew_at": "2026-12-22T10:00:00Z", "active_to": "2026-12-22T10:00:01Z",
            "last_transaction": ["uid": "13-2a", "status": "successful", "created_at": "2026-11-22T10:00:00Z"],
            "customer": ["id": "cst_1"],
            "card": ["token": "card-1", "brand": "visa", "last_4": "1006", "exp_month": 12, "exp_year": 2027],
        ]
        var tokens = [
            TokenReport(kind: .subscription, token: "sbs_1"), TokenReport(kind: .card, token: "card-1"),
        ]
        for index in tokens.indices {
            tokens[index].customerID = "cst_1"
            tokens[index].reference = "S-1"
            tokens[index].paymentID = "13-2a"
            tokens[index].card = Card(brand: "visa", last4: "1006", expiry: "2027-12")
            tokens[index].expiresOn = "2027-12"
        }
        for body in [body, ["subscription": body]] {
            let report = try shop.report(of: body)
            #expect(report.subscription == expected)
            #expect(report.tokens == tokens)
            #expect(report.leftOut.isEmpty)
        }
    }

    @Test func `a request that the bank made is known by its account number`() throws {
        let body: Body = [
            "transaction": [
                "uid": "1", "type": "payment", "status": "pending", "payment_method_type": "erip",
                "erip": ["account_number": "16617775", "service_no": 7846],
            ]
        ]
        #expect(try shop.report(of: body).payment?.reference == "16617775")
        let named = try shop.report(of: [
            "transaction": ["uid": "1", "tracking_id": "order-1", "erip": ["account_number": "16617775"]]
        ])
        #expect(named.payment?.reference == "order-1")
    }

    static let declines: [(code: String, status: String, decline: Decline?)] = [
        ("F.0114", "failed", .soft), ("F.0111", "failed", .hard), ("F.0116", "failed", .risk),
        ("F.0103", "failed", .technical), ("E.1005", "error", .technical), ("F.0114", "successful", nil),
        ("F.4011", "failed", nil), ("S.0000", "failed", nil), ("P.9999", "failed", nil), ("F.0000", "failed", nil),
    ]

    @Test(arguments: declines)
    func `what kind of refusal it was is told by the code of what failed`(
        line: (code: String, status: String, decline: Decline?)
    ) throws {
        let report = try shop.report(of: [
            "transaction": ["uid": "1", "code": .string(line.code), "status": .string(line.status)]
        ])
        #expect(report.operations.map(\.decline) == [line.decline])
    }

    @Test(arguments: ["failed", "pending", "incomplete", "expired", "teleported"])
    func `a transaction that did not succeed gives nothing to charge again`(status: String) throws {
        let report = try shop.report(of: [
            "transaction": ["uid": "1", "status": .string(status), "credit_card": ["token": "t", "brand": "visa"]]
        ])
        #expect(report.payment?.credentials == StoredCredentials())
        #expect(report.payment?.card?.brand == "visa")
    }

    @Test func `an older subscription is not taken for its transaction`() throws {
        let report = try shop.report(of: [
            "id": "sbs_1", "state": "trial", "plan": ["id": "pln_1", "plan": ["amount": nil]],
            "transaction": ["uid": "4107-31", "status": "successful", "message": "Successfully processed"],
        ])
        #expect(report.payment == nil)
        #expect(report.operations.isEmpty)
        #expect(report.subscription?.paymentID == "4107-31")
        #expect(report.subscription?.plan == "pln_1")
        #expect(report.subscription?.amount == nil)
    }

    @Test(
        arguments: [
            [:], ["transaction": ["status": "successful", "amount": 100]], ["transaction": nil],
            ["card": ["token": "x"]],
            ["transaction": ["uid": "c", "parent_uid": "p"]],
            ["id": "sbs_1", "transaction": ["uid": "1", "status": "successful"]],
            ["uid": "1", "status": "successful"], ["checkout": [:]], ["token": "x", "order": [:]],
            ["response": ["message": "Record not found"]],
        ] as [Body]
    )
    func `bodies of other shapes make an empty report`(body: Body) throws {
        #expect(try shop.report(of: body).isEmpty)
    }

    @Test func `a root without a status is a payment of which nothing is known`() throws {
        let report = try shop.report(of: ["transaction": ["uid": "1", "amount": 5, "currency": "EUR"]])
        #expect(report.payment?.amount == 5)
        #expect(report.operations.isEmpty)
    }

    @Test(
        arguments: [
            ("", .notJSON, "not json"),
            ("", .notJSON, ""),
            ("transaction.status", .repeated, #"{"transaction":{"uid":"1","status":"failed","status":"successful"}}"#),
            ("transaction", .repeated, #"{"transaction":{"uid":"1"},"transaction":{"uid":"2"}}"#),
            ("transaction.uid", .zeroCharacter, #"{"transaction":{"uid":"u\u0000","status":"failed"}}"#),
            ("transaction.message", .zeroCharacter, #"{"transaction":{"uid":"u","message":"\u0000"}}"#),
            ("transaction.amount", .wrongType, #"{"transaction":{"uid":"u","status":"successful","amount":{}}}"#),
            (
                "checkout.gateway_response.*", .repeated,
                #"{"checkout":{"token":"t","gateway_response":{"payment":{"uid":"u"},"payment":{"uid":"v"}}}}"#
            ),
            ("", .wrongType, "[]"),
            ("transaction", .wrongType, #"{"transaction":"x"}"#),
            ("transaction.uid", .empty, #"{"transaction":{"uid":"","status":"successful"}}"#),
            ("transaction.amount", .notWhole, #"{"transaction":{"uid":"u","status":"successful","amount":1.5}}"#),
            ("transaction.amount", .tooLarge, #"{"transaction":{"uid":"u","amount":"99999999999999999999"}}"#),
            ("transaction.test", .wrongType, #"{"transaction":{"uid":"u","test":"perhaps"}}"#),
            ("transaction.status", .wrongType, #"{"transaction":{"uid":"u","status":["successful"]}}"#),
            ("checkout.finished", .wrongType, #"{"checkout":{"token":"t","finished":2}}"#),
            ("checkout.order.amount", .notWhole, #"{"checkout":{"token":"t","order":{"amount":1e2}}}"#),
            (
                "checkout.gateway_response.*.amount", .notWhole,
                #"{"checkout":{"token":"t","gateway_response":{"payment":{"uid":"u","amount":0.1}}}}"#
            ),
        ] as [(String, DecodingFailure.Reason, String)]
    )
    func `what cannot be read is named`(field: String, problem: DecodingFailure.Reason, body: String) {
        let undecodable = #expect(throws: DecodingFailure.self) { try shop.report(of: body) }
        #expect(undecodable?.field == field)
        #expect(undecodable?.reason == problem)
    }

    @Test func `null in place of a value never makes a success`() throws {
        let bodies: [Body] = [
            [
                "transaction": [
                    "uid": "1", "type": "payment", "status": "failed", "amount": 5, "test": true,
                    "payment": ["status": "successful"], "additional_data": ["vendor": ["token": "t"]],
                ]
            ],
            EComChargeCheckoutTests.answer.with(["checkout": ["token": "t", "status": "failed", "finished": true]]),
            [
                "id": "sbs_1", "state": "failed", "plan": ["plan": ["amount": 5]],
                "transaction": ["uid": "1", "status": "successful"],
            ],
        ]
        for body in bodies {
            for changed in body.replacingEach(by: .null) {
                let report = try shop.report(of: changed)
                #expect(report.operations.allSatisfy { $0.status.state == .failed })
                #expect(report.checkout?.status.state != .succeeded)
                #expect(report.subscription?.status.state != .succeeded)
            }
        }
    }

    @Test(arguments: [[:], ["x": 1], [], [1], true, 5, "x", nil] as [Body])
    func `no value in place of another makes a success of a failure`(other: Body) throws {
        let body = Self.payment.with([
            "transaction": ["uid": "1", "type": "payment", "status": "failed", "payment": ["status": "successful"]]
        ])
        for changed in body.replacingEach(by: other) {
            guard let report = try? shop.report(of: changed) else { continue }
            #expect(report.operations.allSatisfy { $0.status.state != .succeeded })
        }
    }
}
