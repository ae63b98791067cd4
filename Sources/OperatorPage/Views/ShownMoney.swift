import Ledger
import Narration

/// An amount, signed.
package struct ShownMoney {
    /// `−12.00`, with the minus sign that is as wide as a digit.
    package let number: String
    /// The currency, or what the number counts where the currency's exponent is not known.
    package let currency: String

    package init(_ minor: Int64, _ currency: String?) {
        let (number, unit) = AmountText.parts(minor, currency)
        self.number = number.hasPrefix("-") ? "−\(number.dropFirst())" : number
        self.currency = unit
    }
}

extension ViewRow {
    func shownMoney(_ column: String) -> ShownMoney? {
        number(column).map { ShownMoney($0, word("currency")) }
    }
}

extension ShownMoney: FrequentView {
    package static let members: Members = ["number": { $0.number }, "currency": { $0.currency }]
}
