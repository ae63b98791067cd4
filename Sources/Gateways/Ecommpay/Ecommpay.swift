/// ecommpay and its white labels: JSON callbacks and status answers that carry their own HMAC, and signed questions.
package struct Ecommpay: Gateway {
    package static let name = "ecommpay"
    package static let foldsOperations = false
    package static let coverage = Coverage.scalars

    package static let settings = [
        Setting("project_id", .integer, isRequired: true),
        Setting("secrets", .secrets, isRequired: true),
        apiURL,
        Setting(
            "ambiguous",
            .word(AmbiguityPolicy.allCases.map(\.rawValue)),
            fallback: AmbiguityPolicy.confirm.rawValue
        ),
    ]

    private static let apiURL = Setting("api_url", .url, fallback: "https://api.ecommpay.com")

    package let ambiguity: AmbiguityPolicy
    let projectID: String
    /// Any of them verifies.
    let keys: [SigningKey]
    /// The first of them signs.
    let signingKey: SigningKey
    let api: ServiceAddress

    package init(_ values: [String: SettingValue]) throws(SettingProblem) {
        ambiguity = try values.word("ambiguous") ?? .confirm
        projectID = String(try values.integer("project_id"))
        keys = try values.secrets("secrets").map(SigningKey.init)
        signingKey = keys[0]
        api = try values.address(Self.apiURL)
    }
}
