import Payments

/// What a merchant requests a gateway to charge a buyer.
struct Order: Sendable {
    var amount: Int64
    var currency: String
    /// The merchant's own name for it.
    var reference: String
    var method: String
    /// Whether the money is only held at first.
    var isHold = false
    /// Whether the buyer pays on the gateway's page, with a payment token (eComCharge).
    var usesCheckout = false
    /// How many attempts a buyer has on one token.
    var attempts = 1
    var surcharge = Surcharge.none
    /// Whether ecommpay's `payment.sum` is what is left after refunds and partial captures; otherwise it stays the
    /// original amount. No document says which, and both were seen.
    var sumIsBalance = false
    /// Whether ecommpay's refunds stay in progress for a while, as those of methods other than cards do at eComCharge.
    var refundsTakeTime = false
    /// Whether refunds that take their time may be declined in the end.
    var mayRefundsFail = false
    /// Whether a capture, void, refund or chargeback of everything states no amount (eComCharge).
    var omitsAmounts = false
    /// How long the buyer may pay a bill, or with a token (eComCharge).
    var validity = Duration.seconds(86_400)
    var description: String

    /// The surcharge on the merchant's own amount, and how eComCharge reports it.
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
