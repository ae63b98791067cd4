/// ecommpay and its white labels: JSON callbacks and status answers that carry their own HMAC, and signed questions.
package struct Ecommpay: Gateway {
    package static let name = "ecommpay"
    package static let foldsOperations = false

    package static let settings = [
        Setting("project_id", .integer, isRequired: true),
        Setting("secrets", .secrets, isRequired: true),
        apiURL,
        Setting("ambiguous", .word(Ambiguous.allCases.map(\.rawValue)), fallback: Ambiguous.confirm.rawValue),
    ]

    private static let apiURL = Setting("api_url", .url, fallback: "https://api.ecommpay.com")

    package let acceptsAmbiguous: Bool
    let projectID: String
    /// Any of them verifies.
    let keys: [SigningKey]
    /// The first of them signs.
    let signingKey: SigningKey
    let api: ServiceAddress

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
        signingKey = keys[0]
        api = try values.address(Self.apiURL)
    }
}
