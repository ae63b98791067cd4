package import Payments

/// An authentic callback on its way into the ledger.
package struct ReceivedCallback: Sendable {
    /// What could be read from the callback; on the way to the writer a report is passed on, not copied.
    package indirect enum Content: Sendable {
        case report(Report)
        /// The signature is right, but does not prove the structure: the callback is kept, not applied, and the gateway
        /// is polled.
        case unproven(Report)
        /// Authentic, but not readable; the text names the place, never a value. The entity that it names is created if
        /// it is not known, and polled.
        case undecodable(String, naming: Mention? = nil)
    }

    package let account: String
    package let body: [UInt8]
    /// SHA-256 of the body: the same bytes for the same account are one callback.
    package let digest: [UInt8]
    /// Where the digest stands among others: ``LocalityKey``.
    let locality: Int64
    package internal(set) var receivedAt: Timestamp
    /// When it was authenticated, if that was not on arrival, because it was rejected at first.
    package internal(set) var reverifiedAt: Timestamp?
    package let remoteAddress: String?
    package let verdict: Verdict
    package let form: String
    package let keyID: String
    package let content: Content
    /// Which members were left out, as text that names places and no values.
    package let detail: String?
    /// Whether it is held if it would make an order paid, until the gateway has been polled (`ambiguous:
    /// confirm_money`).
    package let confirmsMoney: Bool
    /// The headers that are passed on with the body: `Content-Type` and `Content-Signature`.
    package let contentType: String?
    package let contentSignature: String?

    /// - Parameter locality: as it was recorded, of a callback whose body is not at hand.
    package init(
        account: String,
        body: [UInt8],
        digest: [UInt8],
        locality: Int64? = nil,
        receivedAt: Timestamp,
        reverifiedAt: Timestamp? = nil,
        remoteAddress: String?,
        verdict: Verdict,
        form: String,
        keyID: String,
        content: Content,
        detail: String? = nil,
        confirmsMoney: Bool = false,
        contentType: String? = nil,
        contentSignature: String? = nil
    ) {
        self.account = account
        self.body = body
        self.digest = digest
        self.locality = locality ?? LocalityKey.of(body)
        self.receivedAt = receivedAt
        self.reverifiedAt = reverifiedAt
        self.remoteAddress = remoteAddress
        self.verdict = verdict
        self.form = form
        self.keyID = keyID
        self.content = content
        self.detail = detail
        self.confirmsMoney = confirmsMoney
        self.contentType = contentType
        self.contentSignature = contentSignature
    }
}

/// The result of recording a callback, once it is durable.
package struct RecordResult: Sendable, Equatable {
    /// The number of the callback: `callback:N` is evidence.
    package let callback: Int64
    package let effect: Effect
    /// Whether the same bytes had been received before, so that nothing happened again.
    package let isDuplicate: Bool

    package init(callback: Int64, effect: Effect, isDuplicate: Bool) {
        self.callback = callback
        self.effect = effect
        self.isDuplicate = isDuplicate
    }
}

/// A rejected request on its way into `rejected`: bounded, best effort, and never evidence of anything.
package struct RejectedRequest: Sendable {
    package let account: String
    package let body: [UInt8]
    package let receivedAt: Timestamp
    package let remoteAddress: String?
    package let reason: String
    /// The `Content-Signature` header.
    package let signature: String?

    package init(
        account: String,
        body: [UInt8],
        receivedAt: Timestamp,
        remoteAddress: String?,
        reason: String,
        signature: String?
    ) {
        self.account = account
        self.body = body
        self.receivedAt = receivedAt
        self.remoteAddress = remoteAddress
        self.reason = reason
        self.signature = signature
    }
}
