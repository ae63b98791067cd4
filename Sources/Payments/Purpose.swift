/// What a payment is for (design 3.1): only a purchase is the merchant's income.
package enum Purpose: String, Sendable, CaseIterable {
    /// A buyer pays the merchant.
    case purchase
    /// The merchant pays.
    case payout
    /// Between others (p2p): not the merchant's money.
    case transfer
    /// No money moves: a tokenization, a checkup, an account verification.
    case verification
    /// A type that we do not know, or nothing said of it yet.
    case unknown

    /// Whether what it moves is the merchant's money; of an unknown type it may be.
    var isOfTheMerchant: Bool {
        switch self {
        case .purchase, .payout, .unknown: true
        case .transfer, .verification: false
        }
    }
}
