import LosslessJSON
package import Payments

/// A body that its sender has proved: the only thing that can be decoded, and made only by a successful check.
package struct Authentic: Sendable {
    /// What was checked, and in which of its forms it held.
    package enum Form: String, Sendable, CaseIterable {
        /// ecommpay: lines in natural order of their paths.
        case natural
        /// ecommpay: lines in byte order of their paths.
        case bytes
        /// ecommpay: lines in byte order.
        case lines
        case signature
        case basic
        case signatureAndBasic = "signature+basic"
    }

    package let verdict: Verdict
    package let form: Form
    /// The name of the secret or public key that proved it.
    package let keyID: String
    /// The very parse that was checked; nil for bytes that are signed but are not JSON.
    let document: Document?
}

/// What of a body a gateway's proof covers.
package enum Coverage: Sendable {
    /// Every byte.
    case bytes
    /// The text of each scalar, and the path to it. Whether it was a string or a number is not proved, nor are containers that
    /// hold nothing.
    case scalars
}

/// What becomes of callbacks whose signature does not prove their structure.
package enum AmbiguityPolicy: String, Sendable, CaseIterable {
    /// An ambiguous one is kept, and the gateway is asked.
    case confirm
    /// So is each one that would make an order paid, whatever its verdict.
    case confirmMoney = "confirm_money"
    /// An ambiguous one is applied as it stands.
    case accept
}
