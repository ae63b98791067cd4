package import Ledger
package import Payments

extension ViewRow {
    /// A column's text, safe for a terminal; `nil` if it is empty.
    package func word(_ column: String) -> String? {
        let text = text(column)
        return text.isEmpty ? nil : Terminal.harmless(text)
    }

    package func number(_ column: String) -> Int64? {
        guard case .integer(let number) = self[column] else { return nil }
        return number
    }

    package func time(_ column: String) -> Timestamp? {
        Timestamp(viewed: text(column))
    }

    /// A time of the views to the minute: `2026-11-27 17:15`, in UTC.
    package func minute(_ column: String) -> String {
        String(text(column).prefix(16).map { $0 == "T" ? " " : $0 })
    }

    /// A time that the schema guarantees.
    package func requiredTime(_ column: String) -> Timestamp {
        time(column) ?? Timestamp(milliseconds: 0)
    }

    /// The amount in a column, in this row's currency.
    package func money(_ column: String, in currency: String? = nil) -> String? {
        number(column).map { AmountText.text($0, currency ?? word("currency")) }
    }
}

/// Formats amounts of money for people.
package enum AmountText {
    /// The amount in the currency's major unit if its exponent is known; exact in any case.
    package static func text(_ minor: Int64, _ currency: String?) -> String {
        let (number, unit) = parts(minor, currency)
        return "\(number) \(unit)"
    }

    /// The number, and what it counts.
    package static func parts(_ minor: Int64, _ currency: String?) -> (number: String, unit: String) {
        guard let currency, let exponent = Currency.exponents[currency] else {
            return (String(minor), "minor units" + (currency.map { " of \($0)" } ?? ""))
        }
        guard exponent > 0 else { return (String(minor), currency) }
        let digits = String(minor.magnitude)
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        return ("\(minor < 0 ? "-" : "")\(padded.dropLast(exponent)).\(padded.suffix(exponent))", currency)
    }
}

extension State {
    /// The verb in front of the state's name: a payment «is pending», but it «has failed».
    package var verb: String {
        switch self {
        case .succeeded, .failed, .expired: "has"
        case .pending, .authorized, .cancelled, .partiallyRefunded, .refunded, .chargedBack, .unknown: "is"
        }
    }
}
