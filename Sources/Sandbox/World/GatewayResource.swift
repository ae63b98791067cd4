import Payments

/// What a gateway keeps of one purchase or subscription: what may happen to it, what it tells of that, what it answers.
protocol GatewayResource: Sendable {
    /// Lets something happen, and returns what the gateway tells the merchant of it.
    mutating func happen(
        _ event: Event,
        _ portion: AmountShare,
        at now: Timestamp,
        by chance: inout SeededGenerator
    ) throws(InvalidStep) -> Outcome

    /// Everything that the gateway can be asked about by name.
    var names: [String] { get }
    /// Where the gateway is asked by the merchant, who knows this name from the start.
    var entity: Entity { get }
    var reference: String? { get }
    var amount: Int64 { get }
    var currency: String { get }

    /// What a status endpoint answers; nil if it does not know the name.
    func answer(about name: String, at endpoint: Endpoint) -> JSON?

    /// Adds what a ledger must come to.
    func tell(_ groundTruth: inout GroundTruth, account: String, isAcknowledged: (String) -> Bool)
}

/// The status endpoints, by what follows the host in their paths.
package enum Endpoint: String, CaseIterable {
    case paymentStatus = "v2/payment/status"
    case checkouts = "ctp/api/checkouts"
    case transactions
    case bills = "beyag/payments"
    case otherTransactions = "beyag/transactions"
    case refunds = "beyag/refunds"
    case subscriptions
}

/// What follows from an event.
struct Outcome {
    /// The callback's body, without a signature; nil if nothing is sent.
    var draft: CallbackDraft?
    /// What happens of itself, later.
    var next: (after: Duration, event: Event)?
}

/// A callback before it is signed.
struct CallbackDraft {
    let body: JSON
    /// What it is about: a payment's id, a uid, a token, a subscription.
    let subject: String
    /// The gateway's word for how things stand.
    let status: String
    let schedule: RetrySchedule
    /// Whether a merchant who never gets it still learns of the subject by asking about what he knows.
    let isReachable: Bool
}
