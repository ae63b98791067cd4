package import Payments

/// A callback that is to be passed on to a target now.
package struct DueForward: Sendable {
    /// The number of its row in `forwards`.
    package let id: Int64
    package let callback: Int64
    package let account: String
    package let paymentID: String?
    package let body: [UInt8]
    /// The headers that came with it.
    package let contentType: String?
    package let contentSignature: String?
    package let remoteAddress: String?
    /// How often it was sent so far.
    package let attempts: Int
    /// The first attempt since it was last ordered; `nil` if there was none.
    package let firstAttemptAt: Timestamp?
    /// How often it was ordered again: a result counts only for the order that it was sent by.
    package let generation: Int64

    package init(
        id: Int64,
        callback: Int64,
        account: String,
        paymentID: String?,
        body: [UInt8],
        contentType: String?,
        contentSignature: String?,
        remoteAddress: String?,
        attempts: Int,
        firstAttemptAt: Timestamp?,
        generation: Int64 = 0
    ) {
        self.id = id
        self.callback = callback
        self.account = account
        self.paymentID = paymentID
        self.body = body
        self.contentType = contentType
        self.contentSignature = contentSignature
        self.remoteAddress = remoteAddress
        self.attempts = attempts
        self.firstAttemptAt = firstAttemptAt
        self.generation = generation
    }
}

/// The callbacks that are due to a target, and when the next one is.
package struct DueForwards: Sendable {
    package let forwards: [DueForward]
    /// `nil` if no other one has a time.
    package let next: Timestamp?
}

/// How an attempt to deliver something ended.
package enum DeliveryOutcome: Sendable, Equatable {
    case delivered(status: Int)
    /// The error is in our words, and never what the target said.
    case failed(status: Int?, error: String, nextAttemptAt: Timestamp)
    case gaveUp(status: Int?, error: String)
}

/// The outcome of an attempt to pass a callback on.
package struct ForwardResult: Sendable {
    /// The number of the row in `forwards`.
    package let forward: Int64
    package let callback: Int64
    package let generation: Int64
    package let outcome: DeliveryOutcome
    package let at: Timestamp

    package init(forward: Int64, callback: Int64, generation: Int64 = 0, outcome: DeliveryOutcome, at: Timestamp) {
        self.forward = forward
        self.callback = callback
        self.generation = generation
        self.outcome = outcome
        self.at = at
    }
}
