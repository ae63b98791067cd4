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
        payment.method = "card"
        payment.amount = 5200
        payment.currency = "EUR"
        payment.code = "0"
        payment.message = "Success"
        payment.gatewayTime = Moment(milliseconds: 1_795_341_602_000)
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
        operation.createdAt = Moment(milliseconds: 1_795_341_600_000)
        operation.gatewayTime = Moment(milliseconds: 1_795_341_602_000)
        #expect(try account.report(of: .ecommpayPayment) == Report(payment: payment, operations: [operation]))
    }

    @Test func `an answer tells of all operations, and the payment's code is the latest one's`() throws {
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
        #expect(report.payment?.code == "10105")
        #expect(report.payment?.gatewayTime == Moment(milliseconds: 1_795_348_800_000))
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
        #expect(report.payment?.gatewayTime == Moment(milliseconds: 1_795_341_600_000))
        #expect(report.payment?.isRequestError == true)
    }

    @Test func `an error with an operation is the payment's own`() throws {
        let body: Body = ["payment": ["id": "1", "status": "error"], "operation": ["id": 1, "status": "error"]]
        #expect(try account.report(of: body).payment?.isRequestError == false)
    }

    @Test(
        arguments: [
            [
                "general": ["project_id": 240], "request": ["id": "r", "status": "success"], "token": "t",
                "token_status": "active",
            ],
            [
                "general": ["project_id": 240, "payment_id": "1"], "token": "t", "token_status": "active",
                "payment": ["status": "success"],
            ],
            ["project_id": 240, "recurring": ["id": 5, "status": "active"]],
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
        ] as [(String, Undecodable.Problem, Body)]
    )
    func `what cannot be read is named`(field: String, problem: Undecodable.Problem, body: Body) {
        let undecodable = #expect(throws: Undecodable.self) { try account.report(of: body) }
        #expect(undecodable?.field == field)
        #expect(undecodable?.problem == problem)
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
}
