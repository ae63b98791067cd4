import Foundation
import Gateways

/// A key for signatures of Standard Webhooks, read from its text: `whsec_` and base64, or that base64 alone.
///
/// The specification wants 24 to 64 random bytes. Receivers that exist may have been given fewer: 16 work, but are warned
/// about.
struct WebhookSecret: Sendable {
    /// Named like the text, with the decoded bytes.
    let key: Secret
    /// Whether it has fewer bytes than the specification wants.
    let isShort: Bool

    /// - Throws: what is wrong with it; never any part of it.
    init(_ text: Secret) throws(InvalidValue) {
        let prefix = Array("whsec_".utf8)
        let base64 = text.bytes.starts(with: prefix) ? text.bytes.dropFirst(prefix.count) : text.bytes[...]
        guard let bytes = Data(base64Encoded: Data(base64)) else {
            throw InvalidValue(
                explanation: "is no secret of Standard Webhooks, which is whsec_ and padded base64: \(Self.remedy)"
            )
        }
        guard bytes.count >= 16 else {
            throw InvalidValue(explanation: "decodes to fewer than 16 bytes, which can be guessed: \(Self.remedy)")
        }
        guard bytes.count <= 64 else {
            throw InvalidValue(
                explanation: "decodes to more than the 64 bytes that Standard Webhooks allows: \(Self.remedy)"
            )
        }
        key = Secret(name: text.name, bytes: Array(bytes))
        isShort = bytes.count < 24
    }

    static let remedy = "make one with `echo \"whsec_$(openssl rand -base64 24)\"`"
}
