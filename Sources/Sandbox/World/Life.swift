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

/// One step of a life.
struct Step: Sendable {
    let event: Event
    /// How many seconds after the previous step; in the gateway's own time, before scaling.
    let after: ClosedRange<Int>
    var portion = AmountShare.rest
    /// The probability that the step is taken.
    var share = 1.0
}

extension Life {
    // A failure turns into a success within 200 seconds, and the last refund goes through within 700 of the beginning:
    // a ledger whose second look and last audit come later finds everything that was lost.

    /// In seconds: how long buyers may pay with a token, or a bill.
    static let timeout = 300

    /// The steps of a payment at ecommpay.
    var stepsAtEcommpay: [Step] {
        switch self {
        case .paid, .chargedBack, .subscribed: attempt(.succeed)
        case .declined: attempt(.decline)
        case .retried: attempt(.declineForNow) + attempt(.succeed, after: 5...40)
        case .captured:
            // After a partial capture, nothing is left to capture: the second step is left out then.
            attempt(.authorize) + [
                Step(event: .capture, after: 20...100, portion: .part, share: 0.3),
                Step(event: .capture, after: 10...100),
            ]
        case .cancelled: attempt(.authorize) + [Step(event: .cancel, after: 20...200)]
        case .refunded: attempt(.succeed) + [Step(event: .refund, after: 20...300)]
        case .partlyRefunded:
            attempt(.succeed) + [
                Step(event: .refund, after: 20...200, portion: .part),
                Step(event: .refund, after: 80...200, share: 0.4),
            ]
        case .reversed: attempt(.succeed) + [Step(event: .reverse, after: 20...120)]
        case .lateSuccess: attempt(.decline) + [Step(event: .succeed, after: 10...200)]
        case .corrected:
            // A step that has become impossible is left out: a payment that succeeded is not declined.
            [
                Step(event: .begin, after: 0...0), Step(event: .succeed, after: 3...40, share: 0.5),
                Step(event: .decline, after: 1...5), Step(event: .correct, after: 20...200),
            ]
        case .abandoned:
            [
                Step(event: .begin, after: 0...0), Step(event: .challenge, after: 1...4),
                Step(event: .expire, after: 60...300),
            ]
        case .refused: [Step(event: .refuse, after: 0...0)] + attempt(.succeed, after: 5...60, share: 0.5)
        }
    }

    /// The steps of a purchase or subscription at eComCharge.
    var stepsAtEComCharge: [Step] {
        switch self {
        case .chargedBack:
            attempt(.succeed) + [
                Step(event: .refund, after: 20...100, portion: .part, share: 0.2),
                Step(event: .chargeback, after: 100...400),
            ]
        case .subscribed:
            [
                Step(event: .begin, after: 0...5), Step(event: .renew, after: 60...200),
                Step(event: .failRenewal, after: 60...200, share: 0.3),
                Step(event: .unsubscribe, after: 60...200, share: 0.5),
            ]
        case .abandoned: [Step(event: .expire, after: Self.timeout...Self.timeout)]
        case .reversed: Life.refunded.stepsAtEcommpay
        case .refused: Life.declined.stepsAtEcommpay
        case .paid, .declined, .retried, .captured, .cancelled, .refunded, .partlyRefunded, .lateSuccess, .corrected:
            stepsAtEcommpay
        }
    }

    /// An attempt to pay, or none, according to the probability; every other buyer is sent to 3-D Secure.
    private func attempt(_ end: Event, after seconds: ClosedRange<Int> = 0...0, share: Double = 1) -> [Step] {
        [
            Step(event: .begin, after: seconds, share: share), Step(event: .challenge, after: 1...4, share: 0.5),
            Step(event: end, after: 3...40),
        ]
    }
}
