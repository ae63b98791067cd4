package import Payments

/// A transition of a payment, as targets are told of it.
package struct PaymentEvent: Sendable, Equatable {
    package let seq: Int64
    package let account: String
    package let paymentID: String
    package let reference: String?
    package let fromState: String?
    package let toState: String
    /// Whether the payment is paid now, not only when this was recorded: an old event must not release goods whose money
    /// has gone back since.
    package let isPaid: Bool
    package let amountMinor: Int64?
    package let capturedMinor: Int64?
    package let refundedMinor: Int64?
    package let balanceMinor: Int64?
    /// By how much this changed the balance; `nil`: not at all.
    package let movedMinor: Int64?
    package let currency: String?
    package let isTest: Bool?
    package let source: String
    package let evidenceID: String
    package let recordedAt: Timestamp

    package init(
        seq: Int64,
        account: String,
        paymentID: String,
        reference: String?,
        fromState: String?,
        toState: String,
        isPaid: Bool,
        amountMinor: Int64?,
        capturedMinor: Int64?,
        refundedMinor: Int64?,
        balanceMinor: Int64?,
        movedMinor: Int64?,
        currency: String?,
        isTest: Bool?,
        source: String,
        evidenceID: String,
        recordedAt: Timestamp
    ) {
        self.seq = seq
        self.account = account
        self.paymentID = paymentID
        self.reference = reference
        self.fromState = fromState
        self.toState = toState
        self.isPaid = isPaid
        self.amountMinor = amountMinor
        self.capturedMinor = capturedMinor
        self.refundedMinor = refundedMinor
        self.balanceMinor = balanceMinor
        self.movedMinor = movedMinor
        self.currency = currency
        self.isTest = isTest
        self.source = source
        self.evidenceID = evidenceID
        self.recordedAt = recordedAt
    }
}

/// What a target is to be told of next, in the order of `seq`.
package struct PendingEvents: Sendable {
    package let events: [PaymentEvent]
    /// The transition behind which they were read: the stored cursor, if no other was given.
    package let after: Int64
    /// Every transition up to this one is among the events, or does not concern the target.
    package let upTo: Int64
    /// How often the event behind the stored cursor was sent in vain.
    package let attempts: Int
    package let firstAttemptAt: Timestamp?
    /// When that event is to be sent again; `nil`: at once.
    package let nextAttemptAt: Timestamp?
    /// Whether the cursor stands still until a person decides.
    package let hasGivenUp: Bool
}

/// How far a target has been told, from the cursor `after` on: it counts only if nobody has moved the cursor meanwhile.
package enum NotifyProgress: Sendable {
    /// It has accepted everything up to this transition.
    case delivered(after: Int64, upTo: Int64, status: Int, at: Timestamp)
    /// Up to this transition there was nothing for it.
    case passed(after: Int64, upTo: Int64)
    /// It did not accept the event of this transition.
    ///
    /// - Parameter attempts: made before. A person may have ordered it anew meanwhile, which begins to count again.
    case failed(after: Int64, seq: Int64, attempts: Int, DeliveryOutcome, at: Timestamp)
}
