import LosslessJSON
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
    /// What the merchant requested.
    var order: Order { get }
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

/// One payment, purchase or subscription of the world, with everything that belongs to it.
struct Entry {
    let number: Int
    let account: Int
    let life: Life?
    /// Where its callbacks are sent, if the merchant's request named it; otherwise the account says.
    let callbackURL: String?
    var resource: any GatewayResource
    /// Its own stream of random numbers.
    var chance: SeededGenerator
    /// Steps of its life that are still to come.
    var steps = 0
    /// Callbacks about it that are waiting or in flight.
    var callbacks = 0
    /// The number of its latest callback.
    var lastCallback = 0
    /// How many status requests about it were received.
    var statusRequests = 0
    /// When it was last active, once nothing more is to come.
    var finishedAt: Timestamp?
    /// The subjects of callbacks that were answered with 200.
    var acknowledged: Set<String> = []
    /// The most recent deliveries, for display.
    var deliveries: [DeliveryRecord] = []

    private static let recordLimit = 100

    mutating func record(_ record: DeliveryRecord) {
        if deliveries.count == Self.recordLimit { deliveries.removeFirst() }
        deliveries.append(record)
        if record.delivery == .answered(status: 200) { acknowledged.insert(record.subject) }
    }
}
