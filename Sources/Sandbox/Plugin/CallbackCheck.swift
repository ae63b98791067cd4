import Crypto
import CryptoExtras
import Foundation
import Gateways
import LosslessJSON

/// How a shop's plugin checks a callback and reads it: as the gateways' own libraries do, and with nothing of the code
/// with which the daemon checks.
enum CallbackCheck: Sendable {
    /// The signature is in the body.
    ///
    /// Source: ecommpay's "Signature" article, and its PHP library.
    case ecommpay(secret: Secret)
    /// `Content-Signature` over the bytes of the body if it is there, else Basic credentials.
    ///
    /// Source: eComCharge's "Webhooks" article, and its PHP library.
    case ecomcharge(credentials: String, key: _RSA.Signing.PublicKey)

    /// - Throws: if the sandbox's own key cannot be read.
    init(_ account: SandboxAccount) throws {
        switch account.keys {
        case .ecommpay(_, let secret): self = .ecommpay(secret: secret)
        case .ecomcharge(let shopID, let secret, _):
            let der = Data(base64Encoded: SandboxKeys.publicKey) ?? Data()
            let key = try _RSA.Signing.PublicKey(derRepresentation: der)
            self = .ecomcharge(credentials: SandboxAccount.basic(shopID, secret), key: key)
        }
    }

    /// What an authentic callback says.
    func read(
        _ body: [UInt8],
        authorization: String?,
        contentSignature: String?
    ) throws(PluginRefusal) -> CallbackNews {
        let parsed = try? JSON(reading: body)  // Bytes that are not JSON are refused below, after they were checked.
        switch self {
        case .ecommpay(let secret):
            guard let json = parsed, let signature = (json["signature"] ?? json["general"]?["signature"])?.string,
                Self.areEqual(signature, Ecommpay.code(of: json.ecommpaySignedText, with: secret))
            else { throw .forged }
        case .ecomcharge(let credentials, let key):
            if let contentSignature {
                guard let signature = Data(base64Encoded: contentSignature),
                    key.isValidSignature(
                        _RSA.Signing.RSASignature(rawRepresentation: signature),
                        for: SHA256.hash(data: body),
                        padding: .insecurePKCS1v1_5
                    )
                else { throw .forged }
            } else {
                guard let authorization, Self.areEqual(authorization, credentials) else { throw .unauthenticated }
            }
        }
        guard let json = parsed, let news = CallbackNews(json) else { throw .unreadable }
        return news
    }

    /// Compares digests, because that takes as long for different texts as for equal ones.
    private static func areEqual(_ one: String, _ other: String) -> Bool {
        SHA256.hash(data: Array(one.utf8)) == SHA256.hash(data: Array(other.utf8))
    }
}

/// Why a shop's plugin refuses a request.
enum PluginRefusal: Error, Equatable {
    /// Credentials are missing or wrong, or an event's headers are.
    case unauthenticated
    /// A signature is missing or wrong.
    case forged
    /// It is authentic, and says nothing that a plugin understands.
    case unreadable
    case unknownAccount

    var status: Int {
        switch self {
        case .unauthenticated: 401
        case .forged: 403
        case .unreadable: 400
        case .unknownAccount: 404
        }
    }
}
