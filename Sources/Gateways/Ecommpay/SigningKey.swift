import Crypto
import Foundation

/// A project's secret key, ready to compute with.
struct SigningKey: Sendable {
    /// How many bytes an authentication code has: HMAC-SHA512.
    static let codeLength = SHA512.byteCount

    let name: String
    private let key: SymmetricKey

    init(_ secret: Secret) {
        name = secret.name
        key = SymmetricKey(data: secret.bytes)
    }

    func verifies(_ code: [UInt8], of text: [UInt8]) -> Bool {
        HMAC<SHA512>.isValidAuthenticationCode(code, authenticating: text, using: key)
    }

    /// The authentication code of a text; base64.
    func code(of text: [UInt8]) -> String {
        Data(HMAC<SHA512>.authenticationCode(for: text, using: key)).base64EncodedString()
    }
}
