import LosslessJSON
package import Payments

/// A body that was authenticated. Only such a body can be decoded, and only a successful check creates one.
package struct Authentic: Sendable {
    /// What was checked, and in which form it matched.
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
    /// The very document that was checked; nil for bytes that are signed but are not JSON.
    let document: Document?
}

/// Which part of a body a gateway's proof covers.
package enum Coverage: Sendable {
    /// Every byte.
    case bytes
    /// The text of each scalar, and the path to it. Whether it was a string or a number is not proved, and neither are
    /// empty containers.
    case scalars
}

/// How to handle callbacks whose signature does not prove their structure.
package enum AmbiguityPolicy: String, Sendable, CaseIterable {
    /// An ambiguous callback is held, and the gateway is polled.
    case confirm
    /// As `confirm`; in addition, each callback that would make an order paid is held, whatever its verdict.
    case confirmMoney = "confirm_money"
    /// An ambiguous callback is applied as it is.
    case accept
}
