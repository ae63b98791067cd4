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
    /// Whether no money moves; only eComCharge's bodies say so.
    var isTest = true
    /// The addresses that the merchant named in its request.
    var urls = MerchantURLs()
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

extension Order {
    /// Draws a random order that suits a life.
    static func drawn(
        for life: Life?,
        at gateway: SandboxAccount.Keys,
        reference: String,
        by chance: inout SeededGenerator
    ) -> Order {
        let currency = chance.one(of: ["EUR", "EUR", "USD", "BYN", "PLN", "JPY", "KWD"], else: "EUR")
        var order = Order(
            amount: Int64.random(in: 90...90_000, using: &chance),
            currency: currency,
            reference: reference,
            method: "card",
            description: "Order \(reference)"
        )
        order.mayRefundsFail = life != nil
        order.isHold = life == .captured || life == .cancelled
        switch gateway {
        case .ecommpay:
            order.method = chance.one(of: ["card", "card", "card", "google_pay", Self.directDebit], else: "card")
            order.sumIsBalance = chance.happens(0.5)
            order.refundsTakeTime = life != nil && chance.happens(0.6)
        case .ecomcharge:
            order.method = order.isHold ? "credit_card" : Self.method(for: life, by: &chance)
            order.usesCheckout = chance.happens(0.6) || life == .retried || life == .abandoned
            order.attempts = life == .retried ? 3 : 1
            if life != nil { order.validity = .seconds(Life.timeout) }
            let surcharge = order.amount / 20 + 1
            let surcharges: [Surcharge] = [.none, .none, .none, .none, .beside(surcharge), .adjustment(surcharge)]
            order.surcharge = chance.one(of: surcharges, else: .none)
        }
        return order
    }

    /// ecommpay's direct debit in euro.
    static let directDebit = "directdebit-sepa"

    /// A declined card stays declined, so a late success needs a bill; a chargeback needs a card.
    private static func method(for life: Life?, by chance: inout SeededGenerator) -> String {
        switch life {
        case .lateSuccess: chance.one(of: ["erip", "skrill"], else: "erip")
        case .chargedBack, .retried, .subscribed, nil: "credit_card"
        case .paid, .declined, .captured, .cancelled, .refunded, .partlyRefunded, .reversed, .corrected, .abandoned,
            .refused:
            chance.one(of: ["credit_card", "credit_card", "credit_card", "erip", "skrill"], else: "credit_card")
        }
    }
}
