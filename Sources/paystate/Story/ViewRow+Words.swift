import Ledger
import Payments

extension ViewRow {
    /// A column's text, harmless to a terminal; `nil` where there is none.
    func word(_ column: String) -> String? {
        let text = text(column)
        return text.isEmpty ? nil : Terminal.harmless(text)
    }

    func number(_ column: String) -> Int64? {
        guard case .integer(let number) = self[column] else { return nil }
        return number
    }

    func time(_ column: String) -> Timestamp? {
        Timestamp(viewed: text(column))
    }

    /// A time that the schema says is there.
    func moment(_ column: String) -> Timestamp {
        time(column) ?? Timestamp(milliseconds: 0)
    }

    /// The amount in a column, in this row's currency.
    func money(_ column: String, in currency: String? = nil) -> String? {
        number(column).map { Sum.text($0, currency ?? word("currency")) }
    }
}
