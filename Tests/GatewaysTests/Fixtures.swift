import Foundation
import Gateways
import Testing

/// Callbacks of both gateways and status requests to them, signed by the Python and PHP scripts beside them.
enum Fixtures {
    struct EcommpayVector: Decodable, CustomTestStringConvertible {
        let name: String
        let body: String
        /// The form in which it is authentic, or the reason for its rejection.
        let expect: String
        let key: String?
        let verdict: String

        var testDescription: String { name }
    }

    struct EComChargeVectors: Decodable {
        struct Vector: Decodable {
            let body: String
            let signature: String?
            let publicKey: String?
        }

        let publicKey: String
        let body: String
        let signature: String
        let keys: [String: String]
        let badKeys: [String: String]
        let accepted: [String: Vector]
        let forged: [String: Vector]
    }

    struct PollState: Decodable {
        struct Vector: Decodable {
            let name: String
            let id: String
            /// ecommpay: the body. eComCharge: the last segment of the path.
            let sent: String
        }

        struct Code: Decodable {
            let text: String
            let secret: String
            let base64: String
        }

        struct Signing: Decodable {
            let body: String
            let signature: String
            let keys: [String: String]
            let badKeys: [String: String]
        }

        let ecommpay: [Vector]
        let ecomcharge: [Vector]
        let code: Code
        let signing: Signing
    }

    static func asking() throws -> PollState { try read("asking.json") }
    static func ecommpay() throws -> [EcommpayVector] { try read("ecommpay.json") }
    static func natural() throws -> [String] { try read("natural.json") }
    static func ecomcharge() throws -> EComChargeVectors { try read("ecomcharge.json") }

    private static func read<Content: Decodable>(_ name: String) throws -> Content {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Content.self, from: Data(contentsOf: folder.appending(path: name)))
    }
}

extension SettingValue {
    static func secret(_ text: String, name: String = "secret") -> SettingValue {
        .secrets([Secret(name: name, bytes: Array(text.utf8))])
    }
}
