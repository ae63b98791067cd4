package import Ledger

/// A list of payments, for people.
package struct PaymentTable {
    private let table: Table
    /// Whether a value is shortened, or a column left out, because there is no room for it.
    package let isShortened: Bool

    /// The columns that a person looks for first, within so many characters per line.
    package init(_ payments: [ViewRow], width: Int) {
        // The ids and names: payment, reference and account.
        (table, isShortened) = Table.brief(of: payments).fitted(to: width, shortening: [1, 4, 5])
    }

    /// All columns, in full.
    package init(whole payments: [ViewRow]) {
        table = Table.of(payments: payments)
        isShortened = false
    }

    package func text(colours: Bool) -> String { table.text(colours: colours) }
}
