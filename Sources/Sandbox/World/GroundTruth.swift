package import Payments

/// The true state of everything at the gateways: what a ledger must end up with, derived from the events that were made
/// to happen and from nothing else.
package struct GroundTruth: Sendable {
    package struct Operation: Sendable, Equatable {
        package let id: String
        package let parentID: String?
        package let type: String
        package let status: String
        package let state: State
        /// `nil` if the gateway states none.
        package let amount: Int64?
    }

    package struct Payment: Sendable, Equatable {
        package let account: String
        /// ecommpay: `payment.id`. eComCharge: the uid of the root transaction.
        package let id: String
        package let reference: String?
        package let checkoutToken: String?
        /// The gateway's word: the payment's own, or its root transaction's.
        package let status: String
        package let state: State
        package let amount: Int64
        package let currency: String
        package let refunded: Int64
        package let operations: [Operation]
        /// Whether a callback about it was answered with 200, so that a ledger knows it without having been asked to
        /// watch it.
        package let isAcknowledged: Bool
    }

    package struct Checkout: Sendable, Equatable {
        package let account: String
        package let token: String
        package let reference: String?
        package let state: State
        package let isAcknowledged: Bool
    }

    package struct Subscription: Sendable, Equatable {
        package let account: String
        package let id: String
        package let status: String
        package let isAcknowledged: Bool
    }

    package internal(set) var payments: [Payment] = []
    package internal(set) var checkouts: [Checkout] = []
    package internal(set) var subscriptions: [Subscription] = []
}
