/// One movement of the merchant's money, as far as it is believed (docs/money.md).
package struct Entry: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Taken from the buyer; negative if what was taken is taken back (a void, a correction by hand).
        case capture
        case refund
        /// Undoes a refund.
        case refundReversal = "refund_reversal"
        case chargeback
        /// Sent to the customer. It is never income, and not part of the balance.
        case payout
    }

    package let kind: Kind
    /// The operation that moved it; `nil` if the payment states its end without saying how.
    package let operationID: String?
    /// Minor units, signed: what the merchant gains by it.
    package let amount: Int64
    package let currency: String?

    package init(_ kind: Kind, by operationID: String?, _ amount: Int64, _ currency: String?) {
        self.kind = kind
        self.operationID = operationID
        self.amount = amount
        self.currency = currency
    }
}

extension [Entry] {
    /// The entries that lead from the previous entries to the current ones; reversals come first, each in its own
    /// currency.
    func changes(to now: [Entry]) -> [Entry] {
        guard self != now else { return [] }
        let (before, after) = (amounts, now.amounts)
        let old = flatMap { $0.changes(to: after[Movement($0)] ?? 0) }
        let new = now.filter { before[Movement($0)] == nil }
        return (old + new).filter { $0.amount != 0 }
    }

    /// Identifies a movement, whatever its amount: each occurs once among a payment's entries.
    private struct Movement: Hashable {
        let kind: Entry.Kind
        let operationID: String?
        let currency: String?

        init(_ entry: Entry) {
            kind = entry.kind
            operationID = entry.operationID
            currency = entry.currency
        }
    }

    private var amounts: [Movement: Int64] {
        Dictionary(map { (Movement($0), $0.amount) }, uniquingKeysWith: { $0.addingSaturated($1) })
    }
}

extension Entry {
    /// The entries from the old amount to the new one: one, or two if the difference would overflow.
    fileprivate func changes(to new: Int64) -> [Entry] {
        let (difference, overflow) = new.subtractingReportingOverflow(amount)
        return overflow ? [reversed, changed(to: new)] : [changed(to: difference)]
    }

    private func changed(to amount: Int64) -> Entry {
        Entry(kind, by: operationID, amount, currency)
    }

    /// The entry that reverses this one.
    var reversed: Entry { changed(to: amount.negatedSaturated) }
}
