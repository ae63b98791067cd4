import Payments

/// What a merchant asks a gateway to take from a buyer.
struct Order: Sendable {
    var amount: Int64
    var currency: String
    /// The merchant's own name for it.
    var reference: String
    var method: String
    /// Whether the money is only held at first.
    var isHold = false
    /// Whether the buyer pays on the gateway's page, by a payment token (eComCharge).
    var usesCheckout = false
    /// How often a buyer may try on one token.
    var attempts = 1
    var surcharge = Surcharge.none
    /// Whether ecommpay's `payment.sum` is what is left of the money after refunds and partial captures; else it stays what was
    /// asked for. No document says which, and both were seen.
    var sumIsBalance = false
    /// Whether refunds of ecommpay are under way for a while, as those of other methods than cards are at eComCharge.
    var refundsTakeTime = false
    /// Whether refunds that take their time may be declined in the end.
    var mayRefundsFail = false
    /// Whether a capture, void, refund or chargeback of all that there is names no amount (eComCharge).
    var omitsAmounts = false
    /// How long the buyer may pay a bill, or by a token (eComCharge).
    var validity = Duration.seconds(86_400)
    var description: String

    /// What is put on the merchant's own amount, and how eComCharge tells of it.
    enum Surcharge: Sendable, Equatable {
        case none
        /// `order.initial_amount` and `order.surcharge_amount`.
        case beside(Int64)
        /// `additional_data.adjustments`.
        case adjustment(Int64)

        var amount: Int64 {
            switch self {
            case .none: 0
            case .beside(let amount), .adjustment(let amount): amount
            }
        }
    }

    /// What the buyer pays.
    var total: Int64 { amount + surcharge.amount }
}
