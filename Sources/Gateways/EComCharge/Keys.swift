import Crypto
import CryptoExtras

/// A shop's public key, which verifies eComCharge's signatures: RSA PKCS#1 v1.5 over SHA-256.
struct PublicKey: Sendable {
    /// The name under which the key was given.
    let name: String
    private let key: _RSA.Signing.PublicKey

    /// Reads an RSA key of 2048 bits or more, in any form that `Secret.der(of:)` accepts; SubjectPublicKeyInfo or
    /// PKCS#1.
    init(_ secret: Secret) throws(SettingError) {
        name = secret.name
        guard let der = secret.der(of: "PUBLIC KEY") else { throw Self.unusable }
        do {
            key = try _RSA.Signing.PublicKey(derRepresentation: der)
        } catch {
            throw Self.unusable
        }
    }

    /// Whether a `Content-Signature` header proves the body. It may be any spelling of base64, but not hexadecimal. A
    /// value whose length differs from the modulus cannot be a signature (RFC 8017, section 8.2.2): the body is not
    /// hashed for it.
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

    private static let unusable = SettingError(
        setting: "public_key",
        explanation: """
            is not a public key that can be used: it must be RSA of 2048 bits or more, as base64 of DER or as PEM, \
            in SubjectPublicKeyInfo or PKCS#1 form
            """
    )
}

/// The key with which eComCharge signs for a shop. Only the gateway has one, or the sandbox that stands in for it.
package struct PrivateKey: Sendable {
    private let key: _RSA.Signing.PrivateKey

    /// Reads an RSA key of 2048 bits or more, in any form that `Secret.der(of:)` accepts; PKCS#8 or PKCS#1.
    package init(_ secret: Secret) throws(SettingError) {
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

    private static let unusable = SettingError(
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

extension Secret {
    /// The DER of a key in any form in which keys are passed around: base64, bare or as PEM, on one line or several,
    /// with line breaks as they are or as the two characters `\n`. nil if it is none of these.
    ///
    /// - Parameter kind: What the PEM's label must end with; `PUBLIC KEY`, say, which also matches `RSA PUBLIC KEY`.
    func der(of kind: String) -> [UInt8]? {
        let text = String(decoding: bytes, as: UTF8.self)
            .replacing("\\r", with: "")
            .replacing("\\n", with: "")
        let parts = text.split(separator: "-----").filter { !$0.utf8.allSatisfy(\.isWhiteSpace) }
        let base64: Substring
        switch parts.count {
        case 1: base64 = parts[0]
        case 3 where parts[0].hasPrefix("BEGIN") && parts[0].hasSuffix(kind): base64 = parts[1]
        default: return nil
        }
        return [UInt8](base64: base64.utf8.filter { !$0.isWhiteSpace })
    }
}
