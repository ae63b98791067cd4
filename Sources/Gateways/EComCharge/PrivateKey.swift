import Crypto
import CryptoExtras

/// The key with which eComCharge signs for a shop. Only a gateway has one: the sandbox, which stands in for it.
package struct PrivateKey: Sendable {
    private let key: _RSA.Signing.PrivateKey

    /// Reads RSA of 2048 bits or more, in any form that ``Secret/der(of:)`` knows; PKCS#8 or PKCS#1.
    package init(_ secret: Secret) throws(SettingProblem) {
        guard let der = secret.der(of: "PRIVATE KEY") else { throw Self.unusable }
        do {
            key = try _RSA.Signing.PrivateKey(derRepresentation: der)
        } catch {
            throw Self.unusable
        }
    }

    /// RSA PKCS#1 v1.5 over SHA-256.
    func signature(of body: [UInt8]) throws -> [UInt8] {
        try Array(key.signature(for: SHA256.hash(data: body), padding: .insecurePKCS1v1_5).rawRepresentation)
    }

    private static let unusable = SettingProblem(
        setting: "private_key",
        explanation: """
            is not a private key that can be used: it must be RSA of 2048 bits or more, as base64 of DER or as PEM, \
            in PKCS#8 or PKCS#1 form, and not encrypted
            """
    )
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "PrivateKey" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
