import LosslessJSON
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

extension GroundTruth.Payment {
    var json: JSON {
        [
            "payment_id": .string(id), "status": .string(status), "state": .string(state.rawValue),
            "amount_minor": .integer(amount), "currency": .string(currency), "refunded_minor": .integer(refunded),
            "acknowledged": .bool(isAcknowledged), "operations": .array(operations.map(\.json)),
        ]
    }
}

extension GroundTruth.Operation {
    var json: JSON {
        [
            "operation_id": .string(id), "parent_id": .text(parentID), "type": .string(type),
            "status": .string(status), "state": .string(state.rawValue),
            "amount_minor": amount.map { .integer($0) } ?? .null,
        ]
    }
}

extension GroundTruth.Checkout {
    var json: JSON {
        ["token": .string(token), "state": .string(state.rawValue), "acknowledged": .bool(isAcknowledged)]
    }
}

extension GroundTruth.Subscription {
    var json: JSON {
        ["subscription_id": .string(id), "status": .string(status), "acknowledged": .bool(isAcknowledged)]
    }
}

extension Counters {
    var json: JSON {
        [
            "made": .integer(created), "events": .integer(events), "sent": .integer(sent),
            "acknowledged": .integer(acknowledged), "refused": .integer(refused), "unanswered": .integer(unanswered),
            "lost": .integer(lost), "duplicated": .integer(duplicated), "reordered": .integer(reordered),
            "late": .integer(late), "regressed": .integer(regressed), "given_up": .integer(givenUp),
            "asked": .integer(statusRequests), "misanswered": .integer(misanswered),
        ]
    }
}
