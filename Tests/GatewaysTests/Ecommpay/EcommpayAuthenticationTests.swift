import Gateways
import LosslessJSON
import Payments
import Testing

@Suite struct EcommpayAuthenticationTests {
    private let gateway: Ecommpay

    init() throws {
        gateway = try Ecommpay([
            "project_id": .integer(77),
            "secrets": .secrets(["new", "old"].map { Secret(name: $0, bytes: Array($0.utf8)) }),
        ])
    }

    /// The form, key and verdict of a callback, or the reason for its rejection.
    private func outcome(_ body: String) -> [String] {
        do {
            let authentic = try gateway.authenticate(Callback(body: Array(body.utf8)))
            return [authentic.form.rawValue, authentic.keyID, authentic.verdict.rawValue]
        } catch {
            return [error.reason]
        }
    }

    @Test(arguments: try Fixtures.ecommpay())
    func `a callback is authentic in the form in which it was signed, or refused`(vector: Fixtures.EcommpayVector) {
        let expected =
            switch (vector.expect, vector.key) {
            case ("foreign", _), (_, nil): [vector.expect]
            case (let form, .some(let key)): [form, key, vector.verdict]
            }
        #expect(outcome(vector.body) == expected)
    }

    @Test func `odd keys are sorted as PHP sorts them`() throws {
        let bodies = try Fixtures.natural()
        #expect(bodies.count > 50)
        for body in bodies {
            #expect(outcome(body).prefix(2) == ["natural", "new"], "\(body)")
        }
    }

    @Test func `a refusal says where the body is not JSON`() throws {
        let rejection = #expect(throws: Rejection.self) {
            try gateway.authenticate(Callback(body: Array("{\"a\":1,}".utf8)))
        }
        guard case .malformed(let malformed) = rejection else {
            Issue.record("not malformed")
            return
        }
        #expect(malformed.offset == 7)
    }

    @Test func `headers prove nothing`() {
        #expect(throws: Rejection.forged) {
            try gateway.authenticate(
                Callback(body: Array("{}".utf8), authorization: "Basic Nzc6bmV3", contentSignature: "AAAA")
            )
        }
    }

    @Test func `no change of a byte makes another report`() throws {
        let account = try EcommpayAccount()
        let body = EcommpayAccount.signed([
            "project_id": 240, "frame_mode": "x", "errors": [],
            "payment": ["id": "1", "status": "decline", "sum": ["amount": 10, "currency": "EUR"]],
            "operation": ["id": 5, "type": "sale", "status": "decline", "date": "2026-11-22T10:00:02+0000"],
        ])
        let original = try account.gateway.decode(account.gateway.authenticate(Callback(body: body.bytes)))
        let bytes = body.bytes
        var authentic = 0
        for index in bytes.indices {
            let changes = [
                [], [bytes[index] ^ 1], [bytes[index] ^ 0x20], [bytes[index], bytes[index]], [bytes[index], 0x20],
            ]
            for change in changes {
                var changed = bytes
                changed.replaceSubrange(index...index, with: change)
                guard let report = try? account.gateway.decode(account.gateway.authenticate(Callback(body: changed)))
                else { continue }
                authentic += 1
                #expect(report == original, "byte \(index)")
            }
        }
        #expect(authentic > 10)
    }

    @Test(
        arguments: [
            ["project_id": 240, "payment": ["id": "1", "status": ["": "success"]]],
            ["project_id": 240, "payment": ["id": "1", "status": "success"], "operation": [["status": "success"]]],
            ["project_id": 240, "payment": ["id": "1", "status": "success"], "operations": ["0": ["id": 1]]],
            ["project_id": 240, "payment": "id:1"],
        ] as [Body]
    )
    func `a body in another structure is not decoded`(body: Body) throws {
        let account = try EcommpayAccount()
        let authentic = try account.gateway.authenticate(Callback(body: EcommpayAccount.signed(body).bytes))
        let undecodable = #expect(throws: DecodingFailure.self) { try account.gateway.decode(authentic) }
        #expect(undecodable?.reason == .wrongType)
    }

    @Test(
        arguments: [
            // More leaves than any real message has.
            .array(Array(repeating: 0, count: 10_001)),
            // A long key, repeated for each of its leaves.
            .object([
                Body.Member(key: String(repeating: "k", count: 10_000), value: .array(Array(repeating: 0, count: 200)))
            ]),
            // Four kilobytes whose signed text would be a megabyte, nested as deep as is allowed.
            Self.nested(30, key: "0123456789", in: .array(Array(repeating: 0, count: 1500))),
            // Deeper than any real message, and short.
            Self.nested(33, key: "k", in: 0),
        ] as [Body]
    )
    func `a body that would cost too much is refused`(part: Body) throws {
        let body: Body = .object([.init(key: "a", value: part)])
        let account = try EcommpayAccount()
        #expect(throws: Rejection.forged) {
            try account.gateway.authenticate(Callback(body: EcommpayAccount.signed(body).bytes))
        }
    }

    /// A value nested in that many objects.
    private static func nested(_ depth: Int, key: String, in value: Body) -> Body {
        (0..<depth).reduce(value) { value, _ in .object([.init(key: key, value: value)]) }
    }

    @Test(
        arguments: [
            nested(31, key: "k", in: 0),
            // A receipt of many positions, each of short names and shorter values.
            ["receipt_data": ["positions": .array(Array(repeating: ["quantity": 1, "tax": 0], count: 400))]],
            ["receipt_data": ["positions": .array(Array(repeating: 0, count: 400))]],
            ["operations": .array(Array(repeating: ["sum_initial": ["amount": 1, "currency": "EUR"]], count: 1000))],
        ] as [Body]
    )
    func `deep, long and repetitive is not too much yet`(body: Body) throws {
        let account = try EcommpayAccount()
        #expect(throws: Never.self) {
            try account.gateway.authenticate(Callback(body: EcommpayAccount.signed(body).bytes))
        }
    }

    @Test func `a body that is signed like another is not taken for it`() throws {
        let body = EcommpayAccount.signed(["payment": ["id": "1", "status": "success", "date": "2026-11-22T10:00:01Z"]])
        let nested = body.with([
            "payment": ["id": "1", "status": "success", "date": ["2026-11-22T10": ["00": "01Z"]]], "errors": [:],
        ])
        let account = try EcommpayAccount()
        let authentic = try account.gateway.authenticate(Callback(body: nested.bytes))
        let report = try account.gateway.decode(authentic)
        #expect(report.leftOut == ["payment.date"])
        #expect(account.gateway.verdict(on: authentic, saying: report) == .ambiguous)
    }

    @Test func `a large body is not`() throws {
        let fields: Body = .array(Array(repeating: ["name": "x"], count: 10))
        let many: Body = ["acs": .object((0..<900).map { .init(key: "field-\($0)", value: fields) })]
        let account = try EcommpayAccount()
        let authentic = try account.gateway.authenticate(Callback(body: EcommpayAccount.signed(many).bytes))
        #expect(authentic.verdict == .valid)
    }
}
