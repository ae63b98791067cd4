/// One movement of the merchant's money, as far as we believe it (design 3.7).
package struct Entry: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Taken from the buyer; negative where what was taken is taken back (a void, a correction by hand).
        case capture
        case refund
        /// Undoes a refund.
        case refundReversal = "refund_reversal"
        case chargeback
        /// Sent to the customer. It is never income, and no part of the balance.
        case payout
    }

    package let kind: Kind
    /// The operation that moved it; `nil` where the payment states its end without saying how.
    package let operationID: String?
    /// Minor units, signed: what the merchant has more by it.
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
    /// The entries that lead from what stood before to what stands now; what is taken back comes first, in its own currency.
    func changes(to now: [Entry]) -> [Entry] {
        guard self != now else { return [] }
        let (before, after) = (amounts, now.amounts)
        let old = map { $0.changed(from: $0.amount, to: after[Movement($0)] ?? 0) }
        let new = now.filter { before[Movement($0)] == nil }
        return (old + new).filter { $0.amount != 0 }
    }

    /// What is the same movement, whatever its amount: each occurs once among a payment's entries.
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
    fileprivate func changed(from old: Int64, to new: Int64) -> Entry {
        Entry(kind, by: operationID, new.subtractingSaturated(old), currency)
    }

    /// The entry that takes this one back.
    var reversed: Entry { changed(from: amount, to: 0) }
}
