/// What can happen to a payment at a gateway; also the last path segment of `POST /sandbox/payments/{id}/{event}`.
package enum Event: String, Sendable, CaseIterable {
    /// The buyer pays, for the first time or again: the gateway has begun an attempt.
    case begin
    /// The buyer is sent to 3-D Secure.
    case challenge
    /// The attempt succeeds, perhaps after it was reported as failed.
    case succeed
    /// The money is held (a payment in two steps).
    case authorize
    case decline
    /// The attempt is declined, but the buyer may try again.
    case declineForNow = "decline_for_now"
    /// ecommpay refuses a request: an `error` without an operation.
    case refuse
    case expire
    /// Held money is taken, in full or in part.
    case capture
    /// Held money is released; an ERIP bill is withdrawn.
    case cancel
    /// Money is given back, all that is left or part of it.
    case refund
    /// A refund that takes its time goes through.
    case settle
    /// A refund that takes its time is declined.
    case failRefund = "fail_refund"
    /// Money is given back on the same business day (ecommpay).
    case reverse
    case chargeback
    /// A person at the gateway turns a success into a failure or the other way, and the callback says so.
    case correct
    /// The gateway takes a success back without saying so.
    case regress
    /// A callback takes a success back, although the gateway itself keeps to it.
    case misreport
    /// A subscription is paid again.
    case renew
    /// A subscription's payment is declined, which ends it.
    case failRenewal = "fail_renewal"
    case unsubscribe
}

/// An event that cannot happen, and why, for a person.
package struct InvalidStep: Error, Equatable {
    package let reason: String
}

/// How much of the money an event moves.
package enum AmountShare: Sendable, Equatable {
    case rest
    /// A third.
    case part
    case exactly(Int64)

    func amount(of available: Int64) throws(InvalidStep) -> Int64 {
        switch self {
        case .rest: return available
        case .part: return max(1, available / 3)
        case .exactly(let amount):
            guard amount > 0, amount <= available else {
                throw InvalidStep(reason: "amount_minor must be 1 to \(available)")
            }
            return amount
        }
    }
}
