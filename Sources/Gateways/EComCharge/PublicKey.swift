import Crypto
import CryptoExtras

/// A shop's public key, with which eComCharge's signatures are checked: RSA PKCS#1 v1.5 over SHA-256.
struct PublicKey: Sendable {
    /// The name under which the key was given.
    let name: String
    private let key: _RSA.Signing.PublicKey

    /// Reads RSA of 2048 bits or more, in any form that ``Secret/der(of:)`` knows; SubjectPublicKeyInfo or PKCS#1.
    init(_ secret: Secret) throws(SettingProblem) {
        name = secret.name
        guard let der = secret.der(of: "PUBLIC KEY") else { throw Self.unusable }
        do {
            key = try _RSA.Signing.PublicKey(derRepresentation: der)
        } catch {
            throw Self.unusable
        }
    }

    /// Whether a `Content-Signature` header proves the body. It may be any spelling of base64; hexadecimal is none. What is
    /// not as long as the modulus can be no signature (RFC 8017, section 8.2.2): the body is not hashed for it.
    func verifies(_ header: String?, of body: [UInt8]) -> Bool {
        guard let header, let signature = [UInt8](base64InAnySpelling: header.utf8),
            signature.count == (key.keySizeInBits + 7) / 8
        else { return false }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature),
            for: SHA256.hash(data: body),
            padding: .insecurePKCS1v1_5
        )
    }

    private static let unusable = SettingProblem(
        setting: "public_key",
        explanation: """
            is not a public key that can be used: it must be RSA of 2048 bits or more, as base64 of DER or as PEM, \
            in SubjectPublicKeyInfo or PKCS#1 form
            """
    )
}
