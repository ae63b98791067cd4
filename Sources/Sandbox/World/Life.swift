import Payments

/// What happens to a payment that the sandbox creates by itself.
package enum Life: String, Sendable, CaseIterable {
    case paid
    case declined
    /// Declined at first, paid in another attempt.
    case retried
    /// Held, then taken.
    case captured
    /// Held, then released.
    case cancelled
    case refunded
    case partlyRefunded = "partly_refunded"
    /// Given back on the same day (ecommpay; a refund at eComCharge).
    case reversed
    /// A success after a failure that was called final.
    case lateSuccess = "late_success"
    /// A person at the gateway changes the result.
    case corrected
    /// Nobody pays: the payment or the payment token expires.
    case abandoned
    /// The buyer's bank takes it back (eComCharge; ecommpay reports that through another channel, so there it is paid).
    case chargedBack = "charged_back"
    /// A request is refused, perhaps before another goes through (ecommpay; declined at eComCharge).
    case refused
    /// A subscription that is renewed (eComCharge; paid at ecommpay).
    case subscribed

    package static let usualWeights: [Life: Int] = [
        .paid: 40, .declined: 10, .retried: 6, .captured: 6, .cancelled: 3, .refunded: 6, .partlyRefunded: 5,
        .reversed: 2, .lateSuccess: 4, .corrected: 3, .abandoned: 6, .chargedBack: 3, .refused: 3, .subscribed: 3,
    ]

    /// Draws a life with a probability according to its weight; `paid` if nothing has a weight.
    static func drawn(from weights: [Life: Int], by chance: inout SeededGenerator) -> Life {
        let total = weights.values.reduce(0) { $0.addingSaturated($1) }
        guard total > 0 else { return .paid }
        var place = Int.random(in: 0..<total, using: &chance)
        for life in allCases {
            place -= weights[life] ?? 0
            if place < 0 { return life }
        }
        return .paid
    }
}
