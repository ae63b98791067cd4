package import Ledger
import Narration
import Payments

/// The entries of a payment, with the balance after each.
package struct Books {
    /// As many are read at most: what was before them is then known by the end alone.
    package static let limit = 1000

    /// Each entry with the balance of its currency after it.
    package let lines: [(entry: ViewRow, balance: Int64)]
    private let isWhole: Bool

    /// - Parameters:
    ///   - entries: rows of `entries`, the oldest first.
    ///   - payment: the row of `payments`.
    package init(_ entries: [ViewRow], of payment: ViewRow) {
        isWhole = entries.count < Self.limit
        var balances: [String: Int64] = [:]
        if !isWhole {
            let currency = payment.text("currency")
            let moved = entries.filter { $0.text("currency") == currency }.reduce(0 as Int64) { sum, entry in
                sum.addingSaturated(entry.number("amount_minor") ?? 0)
            }
            let end = (payment.number("balance_minor") ?? 0).subtractingSaturated(payment.number("paid_out_minor") ?? 0)
            balances[currency] = end.subtractingSaturated(moved)
        }
        lines = entries.map { entry in
            let currency = entry.text("currency")
            let balance = (balances[currency] ?? 0).addingSaturated(entry.number("amount_minor") ?? 0)
            balances[currency] = balance
            return (entry, balance)
        }
    }

    var table: TableView {
        TableView(
            isWhole ? (lines.count == 1 ? "1 entry" : "\(lines.count) entries") : "The last \(lines.count) entries",
            order: "the oldest first",
            [.text("When"), .text("What"), .number("Moved"), .number("Balance")],
            lines.map { entry, balance in
                [
                    .time(entry.shownTime("recorded_at")), .text(entry.text("kind"), note: entry.word("operation_id")),
                    .money(entry.shownMoney("amount_minor")), .money(ShownMoney(balance, entry.word("currency"))),
                ]
            }
        )
    }
}
