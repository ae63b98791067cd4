import Crypto
import Foundation
import Gateways
import Payments

/// An ecommpay account, and a signer that is written for clarity alone. It sorts paths as bytes, which natural order
/// agrees with as long as no array has more than ten elements.
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

    static func signed(_ body: Body) -> Body {
        let text = lines(of: body, path: []).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
            .map { "\($0.path):\($0.value)" }
            .joined(separator: ";")
        let code = HMAC<SHA512>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return body.with(["signature": .string(Data(code).base64EncodedString())])
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
            "provider": ["id": 6, "payment_id": "1234", "date": "2026-11-22T12:00:02+0000"],
        ],
    ]

    /// A payment with nothing more than a status.
    static func ecommpay(status: String) -> Body {
        ["project_id": 240, "payment": ["id": "1", "status": .string(status)]]
    }

    /// A payment that is under way, with an operation.
    static func ecommpay(operation: Body) -> Body {
        ecommpay(status: "processing").with(["operation": operation])
    }
}
