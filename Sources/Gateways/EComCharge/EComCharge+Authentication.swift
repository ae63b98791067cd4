import Crypto
import Foundation
import LosslessJSON
import Payments

extension EComCharge {
    package func authenticate(_ callback: Callback) throws(Rejection) -> Authentic {
        switch proof {
        case .signature(let key):
            guard key.verifies(callback.contentSignature, of: callback.body) else { throw .forged }
            return try authentic(callback.body, form: .signature, keyID: key.name)
        case .basic(let credentials):
            guard credentials.match(callback.authorization) else { throw .unauthenticated }
            return try authentic(callback.body, form: .basic, keyID: credentials.name)
        case .both(let key, let credentials):
            guard credentials.match(callback.authorization) else { throw .unauthenticated }
            guard key.verifies(callback.contentSignature, of: callback.body) else { throw .forged }
            return try authentic(callback.body, form: .signatureAndBasic, keyID: key.name)
        }
    }

    package var forwardedAuthorization: String? {
        switch proof {
        case .signature: nil
        case .basic(let credentials), .both(_, let credentials): credentials.authorization
        }
    }

    /// Bytes that are not JSON are authentic all the same, and kept: the failure shows when they are decoded.
    private func authentic(_ body: [UInt8], form: Authentic.Form, keyID: String) throws(Rejection) -> Authentic {
        let document: Document?
        do {
            document = try Document(body, allowing: .whereBytesAreProved)
        } catch {
            document = nil
        }
        if let document, !isOurs(document.root) { throw .foreign }
        return Authentic(verdict: .valid, form: form, keyID: keyID, document: document)
    }

    /// Whether each shop that the body names is the account's: `shop_id` is a number and `shop.id` a string, at the
    /// root or in what the root wraps.
    func isOurs(_ root: Value) -> Bool {
        let wrapped = ["transaction", "checkout", "subscription"].flatMap { Self.values(of: $0, in: root) }
        return ([root] + wrapped).allSatisfy { place in
            let shops = Self.values(of: "shop", in: place).flatMap { Self.values(of: "id", in: $0) }
            return (Self.values(of: "shop_id", in: place) + shops).allSatisfy { shop in
                guard let id = shop.scalar else { return false }
                return id == shopID
            }
        }
    }

    /// Every value under a key.
    private static func values(of key: String, in place: Value) -> [Value] {
        guard place.repeats(key) else { return place[key].map { [$0] } ?? [] }
        return place.members.filter { $0.key == key }.map(\.value)
    }
}

/// A user and password for HTTP Basic authentication (RFC 7617).
struct Credentials: Sendable {
    /// The user, a colon, the password.
    private let pair: Secret

    /// The user must not hold a colon; a shop's number does not.
    init(user: String, password: Secret) {
        pair = Secret(name: password.name, bytes: Array("\(user):".utf8) + password.bytes)
    }

    /// The name of the password's secret.
    var name: String { pair.name }

    /// The `Authorization` header with these credentials.
    var authorization: String { "Basic \(Data(pair.bytes).base64EncodedString())" }

    /// Whether an `Authorization` header has these credentials. The first colon ends the user, so no other user and
    /// password make the same pair. It compares digests, because that takes as long for a wrong pair as for the right
    /// one.
    func match(_ authorization: String?) -> Bool {
        guard let authorization else { return false }
        let parts = authorization.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard parts.count == 2, parts[0].elementsEqual("basic".utf8, by: { $0 | 0x20 == $1 }) else { return false }
        guard let given = [UInt8](base64: parts[1].filter { !$0.isWhiteSpace }) else { return false }
        return SHA256.hash(data: given) == SHA256.hash(data: pair.bytes)
    }
}
