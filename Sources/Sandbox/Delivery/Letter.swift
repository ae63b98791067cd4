package import Payments

/// A callback on its way.
package struct Letter: Sendable {
    /// The number of the payment it is about.
    let entry: Int
    /// The account's place in the settings.
    package let account: Int
    package let subject: String
    package let status: String
    package let body: [UInt8]
    let schedule: RetrySchedule
    /// Tells it from the others of its payment; the pauses before it comes again are drawn by it.
    let number: Int
    /// A duplicate, sent once whatever the answer is.
    var isCopy = false
    /// How many times it was sent.
    var attempts = 0
}

/// What came of sending a letter once.
package enum Delivery: Sendable, Equatable {
    case answered(status: Int)
    /// Nobody was reached, or nobody answered in time.
    case unanswered
    /// It was not sent, by misbehaviour.
    case lost
}

/// A line in the history of a payment's callbacks.
package struct DeliveryRecord: Sendable {
    package let at: Timestamp
    package let subject: String
    package let status: String
    package let attempt: Int
    package let delivery: Delivery
}
