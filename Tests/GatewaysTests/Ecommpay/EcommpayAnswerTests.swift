import Gateways
import Payments
import Testing

@Suite struct EcommpayAnswerTests {
    private let account: EcommpayAccount
    private let asked = Entity.payment(id: "order-1")

    init() throws {
        account = try EcommpayAccount()
    }

    private func read(_ status: Int, _ body: Body) -> StatusResult { read(status, body.text) }

    private func read(_ status: Int, _ body: String) -> StatusResult {
        account.gateway.read(StatusResponse(status: status, body: Array(body.utf8)), about: asked)
    }

    /// The status endpoint's answer: the payment, and all its operations in an array.
    static let answer: Body = [
        "project_id": 240,
        "payment": [
            "id": "order-1", "type": "purchase", "status": "success", "date": "2026-11-22T10:00:01+0000",
            "method": "card", "sum": ["amount": 5200, "currency": "EUR"], "description": "",
        ],
        "operations": [
            [
                "id": 5_028_800_010_128_225, "type": "sale", "status": "success", "date": "2026-11-22T10:00:02+0000",
                "sum_initial": ["amount": 5200, "currency": "EUR"], "code": "0", "message": "Success",
            ]
        ],
    ]

    @Test func `a signed answer about the payment is a report, the same as a callback would make`() throws {
        let signed = EcommpayAccount.signed(Self.answer)
        #expect(try read(200, signed) == .report(account.report(of: Self.answer)))
    }

    @Test func `an answer is never ambiguous`() throws {
        let body = EcommpayAccount.signed(Self.answer.with(["description": "a;payment:id:b"]))
        let callback = try account.gateway.authenticate(Callback(body: body.bytes))
        let answer = try account.gateway.authenticate(StatusResponse(status: 200, body: body.bytes))
        #expect(callback.verdict == .ambiguous)
        #expect(answer.verdict == .valid)
        #expect(answer.keyID == "secret")
    }

    @Test func `any of the secrets proves it`() throws {
        let secrets = ["another", "a secret of the tests"].map { Secret(name: $0, bytes: Array($0.utf8)) }
        let gateway = try Ecommpay(["project_id": .integer(240), "secrets": .secrets(secrets)])
        let answer = StatusResponse(status: 200, body: EcommpayAccount.signed(Self.answer).bytes)
        #expect(try gateway.authenticate(answer).keyID == "a secret of the tests")
    }

    static let notSigned = StatusResult.undecodable("the signature is missing or wrong")
    static let notFound: Body = ["payment": ["status": "error"], "errors": [["code": "3061", "message": "Not found"]]]
    static let signedNotFound = EcommpayAccount.signed(notFound.with(["project_id": 240]))

    private static var oddDate: Report {
        var payment = PaymentReport(id: "order-1")
        payment.reference = "order-1"
        payment.status = Status(word: "success", state: .succeeded)
        var report = Report(payment: payment)
        report.leftOut = ["payment.date"]
        return report
    }

    static let readings: [(status: Int, body: Body, result: StatusResult)] = [
        (200, answer, notSigned),
        (200, EcommpayAccount.signed(answer).with(["x": 1]), notSigned),
        (200, EcommpayAccount.signed(answer).with(["signature": "AAAA"]), notSigned),
        (200, [], notSigned), (200, "3061", notSigned), (200, 3061, notSigned), (200, nil, notSigned),
        // A signature of the wrong length is not checked.
        (200, EcommpayAccount.signed(answer).with(["signature": ""]), notSigned),
        // Members that decide nothing are left out.
        (
            200,
            EcommpayAccount.signed(["payment": ["id": "order-1", "status": "success", "date": ["x": "y"]]]),
            .report(oddDate)
        ),
        (200, EcommpayAccount.signed(answer.with(["project_id": 241])), .foreign),
        (200, EcommpayAccount.signed(answer.with(["payment": ["id": "order-2", "status": "success"]])), .foreign),
        // The operation's id is not the payment's.
        (
            200,
            EcommpayAccount.signed([
                "payment": ["id": "2", "status": "success"], "operation": ["id": "order-1", "status": "success"],
            ]), .foreign
        ),
        (
            200, EcommpayAccount.signed(answer.with(["payment": ["id": "order-1"]])),
            .undecodable("the body says nothing about what was polled")
        ),
        (
            200, EcommpayAccount.signed(["project_id": 240]),
            .undecodable("the body says nothing about what was polled")
        ),
        (
            200,
            EcommpayAccount.signed([
                "payment": ["id": "order-1", "status": "success", "sum": ["amount": .number("1.5")]]
            ]),
            .undecodable("payment.sum.amount is not a whole number")
        ),
        // Not found, signed or not, at every place and in every spelling.
        (200, notFound, .notFound), (200, signedNotFound, .notFound), (404, notFound, .notFound),
        (400, signedNotFound, .notFound), (422, notFound, .notFound),
        (200, ["errors": [["code": 3061]]], .notFound), (200, ["code": "3061", "status": "error"], .notFound),
        (400, ["code": 3061], .notFound), (200, ["errors": [["code": "2003"], ["code": "3061"]]], .notFound),
        (200, ["payment": ["status": nil], "code": 3061], .notFound),
        // Another code, or not about the payment.
        (200, ["errors": [["code": "30610"]]], notSigned), (200, ["errors": ["code": "3061"]], notSigned),
        (200, ["operation": ["code": "3061"]], notSigned), (200, answer.with(["code": "3061"]), notSigned),
        (401, notFound, .unauthorized), (403, notFound, .unauthorized), (429, notFound, .rateLimited),
        (408, notFound, .unavailable), (500, notFound, .unavailable),
        (503, EcommpayAccount.signed(answer), .unavailable),
        // The request's signature was refused.
        (400, ["status": "error", "code": "3261", "message": "Invalid signature"], .unauthorized),
        (400, ["errors": [["code": 3262]]], .unauthorized),
        (422, ["code": "3261"], .undecodable("HTTP status 422")),
        (200, ["code": "3261"], notSigned),
        (400, ["status": "error", "code": "2003"], .undecodable("HTTP status 400")),
        (404, ["message": "Not found"], .undecodable("HTTP status 404")),
        (400, EcommpayAccount.signed(answer), .undecodable("HTTP status 400")),
        (202, EcommpayAccount.signed(answer), .undecodable("HTTP status 202")),
    ]

    @Test(arguments: readings)
    func `the HTTP status and the body together tell what an answer is worth`(
        line: (status: Int, body: Body, result: StatusResult)
    ) {
        #expect(read(line.status, line.body) == line.result)
    }

    static let unreadable: [(status: Int, result: StatusResult)] = [
        (100, .unavailable), (200, .unavailable), (201, .unavailable), (204, .unavailable), (299, .unavailable),
        (301, .unavailable),
        (302, .unavailable), (304, .unavailable), (308, .unavailable), (400, .undecodable("HTTP status 400")),
        (401, .unauthorized), (403, .unauthorized), (404, .undecodable("HTTP status 404")), (408, .unavailable),
        (429, .rateLimited), (499, .undecodable("HTTP status 499")), (500, .unavailable), (503, .unavailable),
        (599, .unavailable), (999, .unavailable), (0, .unavailable),
    ]

    @Test(arguments: unreadable, ["", "<html>", "\u{FEFF}<html>", "OK", "  "])
    func `what is no JSON at all is trouble of the gateway, or no more than its HTTP status says`(
        line: (status: Int, result: StatusResult),
        body: String
    ) {
        #expect(read(line.status, body) == line.result)
    }

    @Test(arguments: [#"{"payment":"#, #" {"a":1,}"#, "[", "\u{FEFF}{"])
    func `JSON with a fault within is trouble of the payment`(body: String) {
        #expect(read(200, body) == .undecodable("the body is not JSON"))
        #expect(read(400, body) == .undecodable("HTTP status 400"))
    }

    @Test(arguments: [
        (#""method":"card","method":"sepa""#, "success", ["payment.method"]),
        (#""x":1,"x":2"#, "success", []),
        (#""status":"success""#, "decline", nil),
    ])
    func `an answer may repeat what decides nothing, if all of it is signed`(
        more: String,
        status: String,
        leftOut: [String]?
    ) throws {
        // The tests' signer signs every member that it is given, as often as it occurs.
        let body = EcommpayAccount.signed(
            .object([.init(key: "payment", value: .object(Self.members(of: "order-1", status: status, and: more)))])
        )
        let result = read(200, body)
        guard let leftOut else {
            #expect(result == .undecodable("payment.status is there more than once"))
            return
        }
        guard case .report(let report) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(report.payment?.status?.state == .succeeded)
        #expect(report.leftOut == leftOut)
        #expect(throws: Rejection.self) { try account.gateway.authenticate(Callback(body: body.bytes)) }
    }

    private static func members(of id: String, status: String, and more: String) -> [Body.Member] {
        let pairs = more.split(separator: ",").map { $0.split(separator: ":") }
        return [.init(key: "id", value: .string(id)), .init(key: "status", value: .string(status))]
            + pairs.map { pair in
                let (key, value) = (pair[0].dropFirst().dropLast(), pair[1])
                let isText = value.hasPrefix("\"")
                return .init(
                    key: String(key),
                    value: isText ? .string(String(value.dropFirst().dropLast())) : .number(String(value))
                )
            }
    }

    @Test func `a byte order mark before an answer is skipped`() {
        let signed = EcommpayAccount.signed(Self.answer)
        #expect(read(200, "\u{FEFF}" + signed.text) == read(200, signed))
    }

    @Test func `ids are compared as bytes`() throws {
        let body = EcommpayAccount.signed(["payment": ["id": "\u{e9}", "status": "success"]])
        let answer = StatusResponse(status: 200, body: body.bytes)
        #expect(account.gateway.read(answer, about: .payment(id: "e\u{301}")) == .foreign)
    }
}
