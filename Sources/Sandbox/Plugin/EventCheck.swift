import Crypto
import Foundation
import Gateways
import LosslessJSON
import Payments

/// How a shop's endpoint checks an event and reads it.
///
/// Source: the Standard Webhooks specification (standardwebhooks.com): the signature is HMAC-SHA256 of id, time and
/// body, joined by dots.
struct EventCheck: Sendable {
    let key: Secret

    /// How far the time of an event may differ from the clock.
    private static let tolerance: Int64 = 300

    /// - Parameters:
    ///   - id: the header `webhook-id`; `timestamp` and `signature` are its neighbours.
    func read(
        _ body: [UInt8],
        id: String?,
        timestamp: String?,
        signature: String?,
        at now: Timestamp
    ) throws(PluginRefusal) -> EventNews {
        guard let id, !id.isEmpty, let timestamp, let seconds = Int64(timestamp), let signature else {
            throw .unauthenticated
        }
        let age = (now.milliseconds / 1000).subtractingSaturated(seconds)
        guard (-Self.tolerance...Self.tolerance).contains(age) else { throw .unauthenticated }
        let signed = Array("\(id).\(timestamp).".utf8) + body
        let isRight = signature.split(separator: " ").contains { part in
            guard part.hasPrefix("v1,"), let code = Data(base64Encoded: String(part.dropFirst(3))) else { return false }
            return HMAC<SHA256>.isValidAuthenticationCode(
                code,
                authenticating: signed,
                using: SymmetricKey(data: key.bytes)
            )
        }
        guard isRight else { throw .forged }
        guard let json = try? JSON(reading: body), let news = EventNews(json) else {  // Either way it says nothing.
            throw .unreadable
        }
        return news
    }
}
