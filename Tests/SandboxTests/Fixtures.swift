import Foundation
import Testing

/// Signatures made by the Python script beside them.
struct Fixtures: Decodable {
    struct Ecommpay: Decodable, CustomTestStringConvertible {
        let name: String
        let body: String
        let text: String
        let signature: String

        var testDescription: String { name }
    }

    struct EComCharge: Decodable {
        let body: String
        let signature: String
    }

    struct Event: Decodable {
        let id: String
        let timestamp: Int64
        let body: String
        let signature: String
    }

    let secret: String
    let ecommpay: [Ecommpay]
    let ecomcharge: EComCharge
    let event: Event

    static func read() throws -> Fixtures {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return try JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: folder.appending(path: "signing.json")))
    }
}
