import Crypto

/// ecommpay and its white labels: JSON callbacks that carry their own HMAC.
package struct Ecommpay: Gateway {
    package static let name = "ecommpay"
    package static let foldsOperations = false

    package static let settings = [
        Setting("project_id", .integer, isRequired: true),
        Setting("secrets", .secrets, isRequired: true),
        Setting("api_url", .url, fallback: "https://api.ecommpay.com"),
        Setting("ambiguous", .word(Ambiguous.allCases.map(\.rawValue)), fallback: Ambiguous.confirm.rawValue),
    ]

    package let acceptsAmbiguous: Bool
    let projectID: String
    /// Any of them verifies.
    let keys: [SigningKey]

    /// What happens to a callback whose signature does not prove its structure.
    private enum Ambiguous: String, CaseIterable {
        /// It is kept, and the gateway is asked.
        case confirm
        /// It is taken at its word.
        case accept
    }

    package init(_ values: [String: SettingValue]) throws(SettingProblem) {
        let ambiguous: Ambiguous? = try values.word("ambiguous")
        acceptsAmbiguous = (ambiguous ?? .confirm) == .accept
        projectID = String(try values.integer("project_id"))
        keys = try values.secrets("secrets").map(SigningKey.init)
    }
}

/// A project's secret key, ready to compute with.
struct SigningKey: Sendable {
    let name: String
    private let key: SymmetricKey

    init(_ secret: Secret) {
        name = secret.name
        key = SymmetricKey(data: secret.bytes)
    }

    func verifies(_ code: [UInt8], of text: [UInt8]) -> Bool {
        HMAC<SHA512>.isValidAuthenticationCode(code, authenticating: text, using: key)
    }
}
