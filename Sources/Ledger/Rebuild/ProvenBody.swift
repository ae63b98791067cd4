package import Payments

/// A body that was proved when it came, as the ledger has kept it.
package struct ProvenBody: Sendable {
    /// The gateway's name.
    package let gateway: String
    package let bytes: [UInt8]
}

/// Why a kept body says nothing. The words name the place, never what is there.
package struct UnreadableBody: Error {
    package let reason: String
    package let mention: Mention?

    package init(reason: String, naming mention: Mention? = nil) {
        self.reason = reason
        self.mention = mention
    }
}

/// Reads a body again; it needs no secret, for the proof was made when the body came.
package typealias BodyReader = (ProvenBody) -> Result<Report, UnreadableBody>
