import Foundation

/// How often, and after which pauses, a gateway repeats a callback that was not answered with 200.
///
/// Sources: ecommpay's "Callbacks" article, an older edition; eComCharge's "Webhooks" article.
package enum RetrySchedule: Sendable, CaseIterable {
    case ecommpay
    case transaction
    /// The notice that a payment token has expired.
    case checkout
    case subscription

    /// The most times that a callback is sent again.
    package var repeats: Int {
        switch self {
        case .ecommpay: 119
        case .transaction: 15
        case .checkout: 2
        case .subscription: 25
        }
    }

    /// The pause before a repeat, counted from 1; nil when the gateway has given up.
    package func pause(before number: Int, using chance: inout some RandomNumberGenerator) -> Duration? {
        guard number <= repeats else { return nil }
        switch self {
        case .ecommpay:
            guard number > 6 else { return .seconds(10) }
            // The document counts attempts, the first of which is not a repeat.
            let attempt = Double(number + 1)
            // Cannot overflow: four hours at most.
            return .milliseconds(Int(1000 * min(70 + 10 * pow(1.12, attempt - 4), 4 * 3600)))
        case .transaction:
            let base = number * 212 / 100
            return .seconds(base * base * base + Int.random(in: 0...29, using: &chance) * (number + 1))
        case .checkout, .subscription:
            let fourth = number * number * number * number
            return .seconds(fourth + 15 + Int.random(in: 0...29, using: &chance) * (number + 1))
        }
    }
}
