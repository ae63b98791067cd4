import Payments

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
