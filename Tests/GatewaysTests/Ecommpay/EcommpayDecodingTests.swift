import Gateways
import Payments
import Testing

@Suite struct EcommpayDecodingTests {
    private let account: EcommpayAccount

    init() throws {
        account = try EcommpayAccount()
    }

    @Test func `a callback tells of a payment and an operation`() throws {
        var payment = PaymentReport(id: "order-1")
        payment.status = Status(word: "success", state: .succeeded)
        payment.reference = "order-1"
        payment.type = "purchase"
        payment.purpose = .purchase
        payment.method = "card"
        payment.card = Card(last4: "0056")
        payment.amount = 5200
        payment.currency = "EUR"
        payment.code = "0"
        payment.message = "Success"
        payment.gatewayTime = Timestamp(milliseconds: 1_795_341_602_000)
        var operation = OperationReport(
            id: "5028800010128225",
            kind: .payment,
            status: Status(word: "success", state: .succeeded)
        )
        operation.type = "sale"
        operation.amount = 5200
        operation.currency = "EUR"
        operation.code = "0"
        operation.message = "Success"
        operation.authCode = "563253"
        operation.createdAt = Timestamp(milliseconds: 1_795_341_600_000)
        operation.gatewayTime = Timestamp(milliseconds: 1_795_341_602_000)
        #expect(try account.report(of: .ecommpayPayment) == Report(payment: payment, operations: [operation]))
    }

    @Test func `an answer tells of all operations, and the payment's code is that of the one that brought its state`()
        throws
    {
        let report = try account.report(of: [
            "project_id": 240,
            "payment": ["id": 17, "status": "partially refunded", "date": "2026-11-22T10:00:00+0000"],
            "operations": [
                ["id": 1, "type": "sale", "status": "success", "date": "2026-11-22T10:00:00+0000", "code": "0"],
                ["id": 3, "type": "refund", "status": "decline", "date": "2026-11-22T12:00:00+0000", "code": "10105"],
                ["id": 2, "type": "refund", "status": "success", "date": "2026-11-22T11:00:00+0000", "code": "1"],
            ],
        ])
        #expect(report.payment?.id == "17")
        #expect(report.operations.map(\.id) == ["1", "3", "2"])
        #expect(report.payment?.code == "1")
        #expect(report.payment?.gatewayTime == Timestamp(milliseconds: 1_795_348_800_000))
    }

    @Test func `without dates the last operation is the latest`() throws {
        let report = try account.report(of: [
            "payment": ["id": "1", "status": "success"],
            "operations": [["id": 1, "status": "decline", "code": "1"], ["id": 2, "status": "success", "code": "2"]],
        ])
        #expect(report.payment?.code == "2")
        #expect(report.payment?.gatewayTime == nil)
    }

    @Test func `an operation in both places is told of once, as the body's own operation`() throws {
        let report = try account.report(of: [
            "payment": ["id": "1", "status": "success"],
            "operations": [["id": 1, "status": "processing"], ["id": 2, "status": "decline"]],
            "operation": ["id": 1, "status": "success"],
        ])
        #expect(report.operations.map(\.id) == ["2", "1"])
        #expect(report.operations.map(\.status.word) == ["decline", "success"])
    }

    @Test func `the older form`() throws {
        let report = try account.report(of: [
            "general": ["project_id": "240", "payment_id": "order-2"], "status": "success", "request_id": "x",
            "transaction": ["id": 100, "date": "2026-11-22T10:00:00+0000", "type": "purchase"],
            "payment": ["status": "decline", "result_code": 10105, "result_message": "Funds", "method": "card"],
            "sum_request": ["amount": "900", "currency": "EUR"], "sum_real": ["amount": 1000, "currency": "USD"],
            "operations": [
                ["id": "77", "type": "sale", "status": "decline", "sum": 900, "currency": "EUR"],
                ["id": 78, "type": "sale", "status": "decline", "sum": ["amount": 901, "currency": "GBP"]],
            ],
        ])
        let payment = try #require(report.payment)
        #expect(payment.id == "order-2")
        #expect(payment.type == "purchase")
        #expect(payment.status?.state == .failed)
        #expect(payment.amount == 900)
        #expect(payment.currency == "EUR")
        #expect(payment.code == "10105")
        #expect(payment.message == "Funds")
        #expect(report.operations.map(\.amount) == [900, 901])
        #expect(report.operations.map(\.currency) == ["EUR", "GBP"])
    }

    @Test func `a refused request has only errors, and says so`() throws {
        let report = try account.report(of: [
            "project_id": 240, "payment": ["id": "order-9", "status": "error"],
            "errors": [["code": 3024, "message": "Invalid payment id", "field": nil], ["code": "2"]],
        ])
        #expect(report.payment?.status?.state == .failed)
        #expect(report.payment?.code == "3024")
        #expect(report.payment?.message == "Invalid payment id")
        #expect(report.payment?.isRequestError == true)
        #expect(report.operations.isEmpty)
    }

    @Test func `an operation without an id is not recorded, but gives its code`() throws {
        let report = try account.report(of: [
            "payment": ["id": "1", "status": "error"], "errors": [["code": "9"]],
            "operation": ["status": "error", "code": "3", "message": "No", "date": "2026-11-22T10:00:00+0000"],
        ])
        #expect(report.operations.isEmpty)
        #expect(report.payment?.code == "3")
        #expect(report.payment?.message == "No")
        #expect(report.payment?.gatewayTime == Timestamp(milliseconds: 1_795_341_600_000))
        #expect(report.payment?.isRequestError == true)
    }

    @Test func `an error with an operation is the payment's own`() throws {
        let body: Body = ["payment": ["id": "1", "status": "error"], "operation": ["id": 1, "status": "error"]]
        #expect(try account.report(of: body).payment?.isRequestError == false)
    }

    @Test(
        arguments: [
            [
                "general": ["project_id": 240, "payment_id": "1"], "token": "t", "token_status": "removed",
                "payment": ["status": "success"],
            ],
            ["project_id": 240, "recurring": ["id": 5, "status": "cancelled"]],
            ["project_id": 240, "payment": ["id": "1"], "recurring": ["id": 5]],
            ["project_id": 240, "payment": ["id": "1"], "redirectData": ["method": "GET"]],
            ["project_id": 240, "payment": ["status": "success"]],
            ["project_id": 240, "payment": []],
            ["project_id": 240],
            [:],
        ] as [Body]
    )
    func `bodies that say nothing of a payment make an empty report`(body: Body) throws {
        #expect(try account.report(of: body).isEmpty)
    }

    @Test(
        arguments: [
            (
                "payment.sum.amount", .notWhole,
                ["payment": ["id": "1", "status": "success", "sum": ["amount": .number("10.5")]]]
            ),
            (
                "payment.sum.amount", .notWhole,
                ["payment": ["id": "1", "status": "success", "sum": ["amount": .number("1e2")]]]
            ),
            (
                "payment.sum.amount", .notWhole,
                ["payment": ["id": "1", "status": "success", "sum": ["amount": "100.00"]]]
            ),
            ("payment.sum.amount", .notWhole, ["payment": ["id": "1", "status": "success", "sum": ["amount": "+1"]]]),
            (
                "payment.sum.amount", .tooLarge,
                ["payment": ["id": "1", "status": "success", "sum": ["amount": .number("9223372036854775808")]]]
            ),
            ("payment.sum.amount", .wrongType, ["payment": ["id": "1", "status": "success", "sum": ["amount": true]]]),
            ("payment.id", .empty, ["payment": ["id": "", "status": "success"]]),
            (
                "payment.id", .tooLong,
                ["payment": ["id": .string(String(repeating: "é", count: 511)), "status": "success"]]
            ),
            ("payment.id", .notWhole, ["payment": ["id": .number("1.5"), "status": "success"]]),
            ("payment.status", .wrongType, ["payment": ["id": "1", "status": 1]]),
            ("payment", .wrongType, ["payment": "x"]),
            (
                "operations.1.sum_initial.amount", .notWhole,
                [
                    "payment": ["id": "1", "status": "success"],
                    "operations": [[:], ["id": 1, "sum_initial": ["amount": "x"]]],
                ]
            ),
            ("operations.0", .wrongType, ["payment": ["id": "1", "status": "success"], "operations": ["x"]]),
            ("operation.type", .wrongType, ["payment": ["id": "1", "status": "success"], "operation": ["type": 1]]),
            ("payment.id", .zeroCharacter, ["payment": ["id": "1\u{0}", "status": "success"]]),
            ("payment.method", .zeroCharacter, ["payment": ["id": "1", "status": "success", "method": "\u{0}"]]),
        ] as [(String, DecodingFailure.Reason, Body)]
    )
    func `what cannot be read is named`(field: String, problem: DecodingFailure.Reason, body: Body) {
        let undecodable = #expect(throws: DecodingFailure.self) { try account.report(of: body) }
        #expect(undecodable?.field == field)
        #expect(undecodable?.reason == problem)
    }

    @Test(arguments: [("9223372036854775807", Int64.max), ("0", 0), ("-1", -1)])
    func `whole amounts are kept, also as strings`(text: String, amount: Int64) throws {
        for value in [Body.number(text), .string(text)] {
            let report = try account.report(of: ["payment": ["id": "1", "status": "success", "sum": ["amount": value]]])
            #expect(report.payment?.amount == amount)
        }
    }

    @Test(arguments: ["decline", "processing", "refunded"])
    func `null in place of a value never makes a success`(status: String) throws {
        let body = Body.ecommpayPayment.with([
            "payment": ["id": "1", "status": .string(status), "sum": ["amount": 1, "currency": "EUR"]],
            "operation": ["id": 1, "status": "decline", "type": "sale"],
            "operations": [["id": 2, "status": "decline", "sum": ["amount": 1]]],
            "errors": [["code": "1", "message": "x"]],
        ])
        let state = try account.report(of: body).payment?.status?.state
        let changed = body.replacingEach(by: .null)
        #expect(changed.count > 20)
        for body in changed where body.text.contains("\"project_id\":240") {
            let report = try account.report(of: body)
            #expect(report.payment == nil || report.payment?.status?.state == state)
            #expect(report.operations.allSatisfy { $0.status.state == .failed })
        }
    }

    @Test(arguments: [[:], ["x": 1], [], [1], true, 5, "x"] as [Body])
    func `another type in place of a value never makes a success`(other: Body) throws {
        let body: Body = [
            "payment": ["id": "1", "status": "decline", "date": "2026-11-22T10:00:00+0000", "sum": ["amount": 1]],
            "operation": ["id": 1, "status": "decline", "type": "sale", "sum_initial": ["amount": 1]],
            "errors": [["code": "1", "message": "x"]],
        ]
        for body in body.replacingEach(by: other) {
            guard let report = try? account.report(of: body) else { continue }
            #expect(report.payment?.status?.state != .succeeded)
            #expect(report.operations.allSatisfy { $0.status.state != .succeeded })
        }
    }

    /// The status of the payment, its operations, and the code that belongs to the payment.
    static let results: [(status: String, operations: [[String]], code: String?)] = [
        ("success", [["sale", "success", "0"]], "0"),
        ("success", [["sale", "decline", "10105"], ["sale", "success", "0"]], "0"),
        // The payment's state is unchanged: its refund was declined, or is under way.
        ("success", [["refund", "decline", "10105"]], nil), ("success", [["reversal", "processing", "9999"]], nil),
        ("processing", [["refund", "processing", "9999"]], nil), ("success", [["refund", "success", "7"]], nil),
        ("partially refunded", [["refund", "decline", "10105"]], nil),
        ("partially refunded", [["refund", "success", "1"], ["refund", "decline", "2"]], "1"),
        ("refunded", [["sale", "success", "0"], ["refund", "success", "1"]], "1"),
        ("reversed", [["reversal", "success", "1"]], "1"),
        ("awaiting capture", [["auth", "success", "0"], ["capture", "decline", "100"]], "0"),
        ("awaiting capture", [["capture", "decline", "100"]], nil),
        ("success", [["auth", "success", "0"], ["capture", "success", "5"]], "5"),
        ("decline", [["sale", "decline", "10105"]], "10105"), ("decline", [["sale", "success", "0"]], nil),
        ("canceled", [["auth", "success", "0"], ["cancel", "success", "8"]], "8"),
        ("expired", [["sale", "expired", "9"]], "9"),
        ("awaiting 3ds result", [["sale", "processing", "9999"]], "9999"),
        ("awaiting customer", [["sale", "decline", "10105"]], nil), ("teleported", [["sale", "success", "0"]], nil),
    ]

    @Test(arguments: results)
    func `a payment's code is that of the operation that brought its state`(
        line: (status: String, operations: [[String]], code: String?)
    ) throws {
        let operations = line.operations.enumerated().map { index, words -> Body in
            [
                "id": .number(String(index)), "type": .string(words[0]), "status": .string(words[1]),
                "code": .string(words[2]), "message": .string("said \(words[2])"),
            ]
        }
        let body: Body = [
            "payment": ["id": "1", "status": .string(line.status)], "operations": .array(operations),
            "errors": [["code": "3283"]],
        ]
        let payment = try account.report(of: body).payment
        #expect(payment?.code == line.code)
        #expect(payment?.message == line.code.map { "said \($0)" })
    }

    @Test(arguments: ["awaiting_capture", "success", "partially refunded", "refunded"])
    func `a paid or held payment gives what the next charge needs`(status: String) throws {
        let report = try account.report(of: [
            "payment": ["id": "p-1", "status": .string(status)], "customer": ["id": "c-1"],
            "account": [
                "number": "431422******0056", "type": "visa", "token": "t-1", "expiry_month": "01",
                "expiry_year": "2030",
            ],
            "recurring": ["id": 98122, "status": "active", "valid_thru": "2026-12"],
        ])
        #expect(report.payment?.card == Card(brand: "visa", last4: "0056", expiry: "2030-01"))
        var expected = StoredCredentials()
        (expected.customerID, expected.cardToken) = ("c-1", "t-1")
        (expected.recurringID, expected.recurringExpiresOn) = ("98122", "2026-12")
        #expect(report.payment?.credentials == expected && report.tokens.isEmpty)
    }

    @Test(arguments: ["decline", "processing", "canceled", "expired", "teleported"])
    func `any other payment gives nothing to charge again`(status: String) throws {
        let body: Body = ["payment": ["id": "1", "status": .string(status)], "account": ["token": "t-1"]]
        #expect(try account.report(of: body).payment?.credentials == StoredCredentials())
    }

    @Test func `a token callback tells of a card that was saved, and nothing else`() throws {
        let report = try account.report(of: [
            "general": ["project_id": 240], "request": ["id": "r", "action": "tokenize", "status": "success"],
            "token": "t-1", "token_status": "active", "token_created_at": "2026-11-22T10:00:00+0000",
            "customer": ["id": "c-1"], "card": ["number": "411111******1111", "exp_month": "12", "exp_year": "26"],
        ])
        var expected = TokenReport(kind: .card, token: "t-1")
        expected.customerID = "c-1"
        expected.card = Card(last4: "1111", expiry: "2026-12")
        expected.expiresOn = "2026-12"
        #expect(report.tokens == [expected])
        #expect(report.payment == nil)
        #expect(report.operations.isEmpty)
    }

    @Test func `a registration for further payments may come alone`() throws {
        let report = try account.report(of: [
            "project_id": 240, "recurring": ["id": "rec-1", "status": "active", "exp_month": "12", "exp_year": "2026"],
        ])
        var expected = TokenReport(kind: .recurring, token: "rec-1")
        expected.expiresOn = "2026-12"
        #expect(report.tokens == [expected])
    }

    @Test(arguments: [
        ("1234567890", "2030", "1", nil), ("+375****12x4", "2030", "1", nil), ("****", "2030", "1", nil),
        ("4111****1111", "30", "13", "1111"), ("4111****1111", "2030", "0", "1111"),
        ("4111****1111", "-1", "1", "1111"), ("4111****1111", "soon", "1", "1111"),
    ])
    func `what is no card number, and no month, is not taken for one`(
        number: String,
        year: String,
        month: String,
        last4: String?
    ) throws {
        let payment = try account.report(of: [
            "payment": ["id": "1", "status": "success"],
            "account": [
                "number": .string(number), "expiry_year": .string(year), "expiry_month": .string(month), "type": "x",
            ],
        ]).payment
        #expect(payment?.card?.last4 == last4)
        #expect((payment?.card?.brand != nil) == (last4 != nil))
        #expect((payment?.card?.expiry != nil) == (last4 == nil))
    }

    @Test func `the older form gives the acquirer's numbers at the root`() throws {
        let report = try account.report(of: [
            "payment": ["id": "1", "status": "success"], "rrn": "000047769105", "AuthCode": "100",
            "operations": [["id": 1, "type": "sale", "status": "success"]],
        ])
        #expect(report.operations.map(\.rrn) == ["000047769105"])
        #expect(report.operations.map(\.authCode) == ["100"])
    }

    static let declines: [(code: Body, status: String, decline: Decline?)] = [
        ("10105", "decline", .soft), (10105, "decline", .soft), ("10106", "decline", .hard),
        ("1401", "decline", .risk), ("402", "decline", .risk), ("10602", "decline", .technical),
        ("2003", "error", .technical), ("20203", "external error", .risk), ("10105", "success", nil),
        ("10105", "processing", nil), ("0", "decline", nil), ("9999", "decline", nil), ("20899", "decline", nil),
        ("77777", "decline", nil), (nil, "decline", nil),
    ]

    @Test(arguments: declines)
    func `what kind of refusal it was is told by the code of what failed`(
        line: (code: Body, status: String, decline: Decline?)
    ) throws {
        let body: Body = .ecommpay(operation: ["id": 1, "status": .string(line.status), "code": line.code])
        #expect(try account.report(of: body).operations.map(\.decline) == [line.decline])
    }
}
