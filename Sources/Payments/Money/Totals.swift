/// What the entries of a payment add up to, and what is held for it, in minor units of its currency (docs/money.md).
package struct Totals: Sendable, Hashable {
    /// What an authorization holds.
    package var held: Int64 = 0
    /// Taken from the buyer, before refunds.
    package var captured: Int64 = 0
    /// Given back to the buyer.
    package var refunded: Int64 = 0
    /// Taken back by the buyer's bank.
    package var chargedBack: Int64 = 0
    /// Sent to the customer; not part of the balance.
    package var paidOut: Int64 = 0

    package init() {}

    package init(held: Int64, captured: Int64, refunded: Int64, chargedBack: Int64, paidOut: Int64) {
        self.held = held
        self.captured = captured
        self.refunded = refunded
        self.chargedBack = chargedBack
        self.paidOut = paidOut
    }

    package init(of entries: [Entry], held: Int64 = 0) {
        self.held = held
        for entry in entries { add(entry) }
    }

    /// What the merchant has from the payment.
    package var balance: Int64 { captured.subtractingSaturated(refunded).subtractingSaturated(chargedBack) }

    package mutating func add(_ entry: Entry) {
        switch entry.kind {
        case .capture: captured = captured.addingSaturated(entry.amount)
        case .refund, .refundReversal: refunded = refunded.subtractingSaturated(entry.amount)
        case .chargeback: chargedBack = chargedBack.subtractingSaturated(entry.amount)
        case .payout: paidOut = paidOut.subtractingSaturated(entry.amount)
        }
    }

    /// How much of an amount fits into these totals: none of them, nor the balance, may exceed the limits.
    func room(for amount: Int64, of kind: Entry.Kind) -> Int64 {
        switch kind {
        case .capture: amount.fitting(beside: captured).fitting(beside: balance)
        case .refund, .refundReversal: amount.fitting(beside: refunded.negatedSaturated).fitting(beside: balance)
        case .chargeback: amount.fitting(beside: chargedBack.negatedSaturated).fitting(beside: balance)
        case .payout: amount.fitting(beside: paidOut.negatedSaturated)
        }
    }
}

extension Int64 {
    /// As much of it as can be added to a sum without exceeding ±(2⁶³ − 1).
    fileprivate func fitting(beside sum: Int64) -> Int64 {
        self < 0
            ? Swift.max(self, (-Int64.max).subtractingSaturated(Swift.min(0, sum)))
            : Swift.min(self, Int64.max.subtractingSaturated(Swift.max(0, sum)))
    }
}
