import Crypto
import Foundation

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

    /// The `Authorization` header that gives these.
    var authorization: String { "Basic \(Data(pair.bytes).base64EncodedString())" }

    /// Whether an `Authorization` header gives these. The first colon ends the user, so no other user and password make the
    /// same pair. Digests are compared, because that takes as long for a wrong one as for the right one.
    func match(_ authorization: String?) -> Bool {
        guard let authorization else { return false }
        let parts = authorization.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard parts.count == 2, parts[0].elementsEqual("basic".utf8, by: { $0 | 0x20 == $1 }) else { return false }
        guard let given = [UInt8](base64: parts[1].filter { !$0.isWhiteSpace }) else { return false }
        return SHA256.hash(data: given) == SHA256.hash(data: pair.bytes)
    }
}
