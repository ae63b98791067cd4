package import LosslessJSON

/// The parts of a gateway's HTTP request that a gateway may read. Nothing in it is proved.
package struct Callback: Sendable {
    package let body: [UInt8]
    /// The `Authorization` header.
    package let authorization: String?
    /// The `Content-Signature` header.
    package let contentSignature: String?
    /// The `Content-Type` header. Nothing is decided by it; it is passed on with the body.
    package let contentType: String?

    package init(
        body: [UInt8],
        authorization: String? = nil,
        contentSignature: String? = nil,
        contentType: String? = nil
    ) {
        self.body = body
        self.authorization = authorization
        self.contentSignature = contentSignature
        self.contentType = contentType
    }
}

/// Why a callback is rejected. It never holds what was sent.
package enum Rejection: Error, Hashable {
    /// Basic credentials are needed and are missing or wrong.
    case unauthenticated
    /// The signature is missing or wrong.
    case forged
    /// The signature is right, but for another project or shop.
    case foreign
    /// The body is not one strict JSON value, and the signature is inside it.
    case malformed(SyntaxError)

    /// All values of ``reason``.
    package static let reasons = ["unauthenticated", "forged", "foreign", "malformed"]

    /// The value of `rejected.reason`.
    package var reason: String {
        switch self {
        case .unauthenticated: "unauthenticated"
        case .forged: "forged"
        case .foreign: "foreign"
        case .malformed: "malformed"
        }
    }
}
