import Crypto
import Foundation
package import Gateways
package import Ledger
package import Payments

/// The signature of an event by which its receiver knows the sender, as Standard Webhooks has it:
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
package enum StandardWebhook {
    /// The headers of an event.
    ///
    /// - Parameters:
    ///   - body: exactly as it is sent.
    ///   - now: the time of this attempt.
    package static func headers(
        for event: PaymentEvent,
        body: [UInt8],
        secret: Secret,
        at now: Timestamp
    ) -> [(name: String, value: String)] {
        let id = id(of: event)
        let seconds = now.milliseconds / 1000
        return [
            ("webhook-id", id),
            ("webhook-timestamp", "\(seconds)"),
            ("webhook-signature", signature(of: body, id: id, seconds: seconds, secret: secret)),
        ]
    }

    /// The same for each attempt, and another one in another ledger, whose numbers begin again.
    package static func id(of event: PaymentEvent) -> String { "evt_\(event.seq)_\(event.recordedAt.milliseconds)" }

    /// - Parameter seconds: since 1970, as in the header `webhook-timestamp`.
    package static func signature(of body: [UInt8], id: String, seconds: Int64, secret: Secret) -> String {
        let text = Array("\(id).\(seconds).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: secret.bytes))
        return "v1,\(Data(code).base64EncodedString())"
    }
}
