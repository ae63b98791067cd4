import Foundation

/// eComCharge (beGateway, bePaid and other white labels): callbacks with a signature over their bytes, or Basic
/// credentials; status endpoints of several services, polled with Basic credentials.
package struct EComCharge: Gateway {
    package static let name = "ecomcharge"
    package static let foldsOperations = true
    package static let coverage = Coverage.bytes

    package static let settings = [
        Setting("shop_id", .integer, isRequired: true, "the shop's id, and the user of Basic credentials"),
        Setting(
            "secret",
            .secret,
            isRequired: true,
            "the shop's secret key, the password of Basic credentials in both directions"
        ),
        Setting(
            "public_key",
            .publicKey,
            "checks `Content-Signature`: RSA of 2048 bits or more, as bare base64 DER or PEM, SPKI or PKCS#1"
        ),
        Setting(
            "authentication",
            .word(Authentication.allCases.map(\.rawValue)),
            "what a callback must bring, never less; without it `signature` with a `public_key`, else `basic`"
        ),
        checkoutURL,
        gatewayURL,
        apiURL,
    ]

    private static let checkoutURL = Setting(
        "checkout_url",
        .url,
        fallback: "https://checkout.ecomcharge.com",
        "checkouts (payment tokens)"
    )
    private static let gatewayURL = Setting(
        "gateway_url",
        .url,
        fallback: "https://gateway.ecomcharge.com",
        "card transactions"
    )
    private static let apiURL = Setting(
        "api_url",
        .url,
        fallback: "https://api.ecomcharge.com",
        "other methods, refunds, subscriptions"
    )

    /// What a callback must carry; never weakened by what a callback lacks.
    enum Proof: Sendable {
        case signature(PublicKey)
        case basic(Credentials)
        case both(PublicKey, Credentials)
    }

    /// The values of the setting `authentication`.
    private enum Authentication: String, CaseIterable {
        case signature
        case basic
        case both = "signature+basic"
    }

    /// Nothing is ambiguous, because the bytes are proved.
    package let ambiguity = AmbiguityPolicy.confirm
    let shopID: String
    let proof: Proof
    /// The credentials for status requests.
    let credentials: Credentials
    let checkout: ServiceURL
    let gateway: ServiceURL
    let api: ServiceURL

    package init(_ values: [String: SettingValue]) throws(SettingError) {
        shopID = String(try values.integer("shop_id"))
        checkout = try values.address(Self.checkoutURL)
        gateway = try values.address(Self.gatewayURL)
        api = try values.address(Self.apiURL)
        credentials = Credentials(user: shopID, password: try values.secret("secret"))
        let key = values["public_key"] == nil ? nil : try PublicKey(values.secret("public_key"))
        let authentication: Authentication? = try values.word("authentication")
        switch (authentication ?? (key == nil ? .basic : .signature), key) {
        case (.basic, _): proof = .basic(credentials)
        case (.signature, .some(let key)): proof = .signature(key)
        case (.both, .some(let key)): proof = .both(key, credentials)
        case (.signature, nil), (.both, nil):
            throw SettingError(setting: "authentication", explanation: "needs a public_key to verify signatures")
        }
    }
}

extension EComCharge {
    /// What the gateway would put in the `Content-Signature` header of a callback with this body; base64.
    package static func signature(of body: [UInt8], with key: PrivateKey) throws -> String {
        try Data(key.signature(of: body)).base64EncodedString()
    }
}
