import Payments

/// A purchase or subscription as a gateway keeps it: what may happen to it, what callbacks report, what status requests
/// return.
protocol GatewayResource: Sendable {
    /// Makes an event happen, and returns what the gateway reports to the merchant.
    mutating func happen(
        _ event: Event,
        _ portion: AmountShare,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Outcome

    /// All names by which the gateway can be polled about it.
    var names: [String] { get }
    /// What the merchant polls the gateway about; its name is known to the merchant from the start.
    var entity: Entity { get }
    var reference: String? { get }
    var amount: Int64 { get }
    var currency: String { get }

    /// The body of a status answer; nil if the endpoint does not know the name.
    func answer(about name: String, at endpoint: Endpoint) -> JSON?

    /// Adds what a ledger must end up with.
    func tell(_ groundTruth: inout GroundTruth, account: String, isAcknowledged: (String) -> Bool)
}

/// The status endpoints, by their paths after the host.
package enum Endpoint: String, CaseIterable {
    case paymentStatus = "v2/payment/status"
    case checkouts = "ctp/api/checkouts"
    case transactions
    case bills = "beyag/payments"
    case otherTransactions = "beyag/transactions"
    case refunds = "beyag/refunds"
    case subscriptions
}

/// The outcome of an event.
struct Outcome {
    /// The callback's body, without a signature; nil if nothing is sent.
    var draft: CallbackDraft?
    /// The event that follows by itself, later.
    var next: (after: Duration, event: Event)?
}

/// A callback before it is signed.
struct CallbackDraft {
    let body: JSON
    /// What the callback is about: a payment's id, a uid, a token, a subscription.
    let subject: String
    /// The gateway's status word.
    let status: String
    let schedule: RetrySchedule
    /// Whether a merchant that never gets the callback still learns about the subject by polling what it knows.
    let isReachable: Bool
}
