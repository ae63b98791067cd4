package import LosslessJSON

/// ecommpay and its white labels: JSON callbacks and status answers that carry their own HMAC, and signed status
/// requests.
package struct Ecommpay: Gateway {
    package static let name = "ecommpay"
    package static let foldsOperations = false
    package static let coverage = Coverage.scalars

    package static let settings = [
        Setting("project_id", .integer, isRequired: true, "the project's id"),
        Setting("secrets", .secrets, isRequired: true, "at least one: any of them verifies, the first one signs"),
        apiURL,
        Setting(
            "ambiguous",
            .word(AmbiguityPolicy.allCases.map(\.rawValue)),
            fallback: AmbiguityPolicy.confirm.rawValue,
            "[what its signature does not prove](http-api.md#what-ecommpays-signature-does-not-prove)"
        ),
    ]

    private static let apiURL = Setting(
        "api_url",
        .url,
        fallback: "https://api.ecommpay.com",
        "white labels have their own"
    )

    package let ambiguity: AmbiguityPolicy
    let projectID: String
    /// A signature by any of these keys is accepted.
    let keys: [SigningKey]
    /// The first of the keys, which signs status requests.
    let signingKey: SigningKey
    let api: ServiceURL

    package init(_ values: [String: SettingValue]) throws(SettingError) {
        ambiguity = try values.word("ambiguous") ?? .confirm
        projectID = String(try values.integer("project_id"))
        keys = try values.secrets("secrets").map(SigningKey.init)
        signingKey = keys[0]
        api = try values.address(Self.apiURL)
    }
}

extension Ecommpay {
    /// The signature of a body of our own, in the order that the gateway's PHP library uses; base64.
    ///
    /// - Throws: if the body is not one strict JSON value.
    package static func signature(of body: [UInt8], with secret: Secret) throws(SyntaxError) -> String? {
        guard let lines = SignedLines(of: try Document(body)) else { return nil }
        return code(of: lines.text(in: .naturalPaths), with: secret)
    }

    /// The signature of a body whose signed text the caller has built already; base64 of HMAC-SHA512.
    package static func code(of text: [UInt8], with secret: Secret) -> String {
        SigningKey(secret).code(of: text)
    }
}

extension Ecommpay {
    /// Whether a right signature leaves open what was signed: the signed text escapes nothing, so another body may have
    /// the same text.
    ///
    /// No two bodies with the same text differ in what decides, unless one of them is ambiguous. Both have only known
    /// members at their roots, so each of their lines begins with one of these and a colon. Neither has such a
    /// beginning after a `;` within a line, so their texts split into the same lines. A line splits into path and value
    /// in only one way, if what decides is of the right type and no key there holds a colon.
    static func isAmbiguous(_ root: Value, signedAs lines: SignedLines) -> Bool {
        lines.hasStrangeMember || lines.hasColonInDecidingKey || lines.couldBeSplit || namesTwoPayments(root)
    }

    private static func namesTwoPayments(_ root: Value) -> Bool {
        guard let id = root["payment"]?["id"]?.scalar, let other = root["general"]?["payment_id"]?.scalar else {
            return false
        }
        return !id.string.utf8.elementsEqual(other.string.utf8)
    }
}
