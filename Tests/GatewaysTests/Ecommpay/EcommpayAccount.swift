import Crypto
import Foundation
import Gateways
import Payments

/// An ecommpay account, and a signer written for clarity alone.
///
/// It sorts paths as bytes, which agrees with natural order as long as no array has more than ten elements.
struct EcommpayAccount {
    let gateway: Ecommpay

    init(project: Int64 = 240, ambiguous: String? = nil) throws {
        var values: [String: SettingValue] = ["project_id": .integer(project), "secrets": .secret(Self.secret)]
        values["ambiguous"] = ambiguous.map(SettingValue.word)
        gateway = try Ecommpay(values)
    }

    func report(of body: Body) throws -> Report {
        try gateway.decode(gateway.authenticate(Callback(body: Self.signed(body).bytes)))
    }

    /// The verdict on a callback with this body, once it is decoded; `nil` if it cannot be decoded.
    func verdict(on body: Body) throws -> Verdict? { try verdict(onSigned: Self.signed(body)) }

    func verdict(onSigned body: Body) throws -> Verdict? {
        let authentic = try gateway.authenticate(Callback(body: body.bytes))
        do {
            return gateway.verdict(on: authentic, saying: try gateway.decode(authentic))
        } catch {
            return nil
        }
    }

    static func signed(_ body: Body) -> Body {
        body.with(["signature": .string(signature(of: text(of: body)))])
    }

    static func signature(of text: String) -> String {
        let code = HMAC<SHA512>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return Data(code).base64EncodedString()
    }

    /// The signed text of a body, its lines sorted by their paths, or as they are.
    static func text(of body: Body, byLine: Bool = false) -> String {
        let lines = lines(of: body, path: []).map { (path: $0.path, line: "\($0.path):\($0.value)") }
        let sorted = lines.sorted { first, second in
            let (first, second) = byLine ? (first.line, second.line) : (first.path, second.path)
            return first.utf8.lexicographicallyPrecedes(second.utf8)
        }
        return sorted.map(\.line).joined(separator: ";")
    }

    private static let secret = "a secret of the tests"

    private static func lines(of body: Body, path: [String]) -> [(path: String, value: String)] {
        let joined = path.joined(separator: ":")
        switch body {
        case .object(let members):
            return members.filter { $0.key != "signature" && $0.key != "frame_mode" }
                .flatMap { lines(of: $0.value, path: path + [$0.key.replacing(":", with: "::")]) }
        case .array(let elements):
            return elements.enumerated().flatMap { lines(of: $1, path: path + [String($0)]) }
        case .string(let text), .number(let text): return [(joined, text)]
        case .bool(let bool): return [(joined, bool ? "1" : "0")]
        case .null: return [(joined, "")]
        }
    }
}

extension Body {
    /// A callback as ecommpay sends it for a payment by card.
    static let ecommpayPayment: Body = [
        "project_id": 240,
        "payment": [
            "id": "order-1", "type": "purchase", "status": "success", "date": "2026-11-22T10:00:01+0000",
            "method": "card", "sum": ["amount": 5200, "currency": "EUR"], "description": "",
        ],
        "account": ["number": "431422******0056", "id": 45, "expiry_month": "12"],
        "operation": [
            "id": 5_028_800_010_128_225, "type": "sale", "status": "success", "date": "2026-11-22T10:00:02+0000",
            "created_date": "2026-11-22T10:00:00+0000", "request_id": "c0ffee-00000001",
            "sum_initial": ["amount": 5200, "currency": "EUR"], "sum_converted": ["amount": 4700, "currency": "GBP"],
            "code": "0", "message": "Success",
            "provider": [
                "id": 6, "payment_id": "1234", "auth_code": "563253", "date": "2026-11-22T12:00:02+0000",
            ],
        ],
    ]

    /// A payment with only a status.
    static func ecommpay(status: String) -> Body {
        ["project_id": 240, "payment": ["id": "1", "status": .string(status)]]
    }

    /// A payment that is under way, with an operation.
    static func ecommpay(operation: Body) -> Body {
        ecommpay(status: "processing").with(["operation": operation])
    }
}
