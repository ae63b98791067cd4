import Payments

/// Sums of money for a person.
package enum Sum {
    /// In the currency's own units, as far as its exponent is known; exact in any case.
    package static func text(_ minor: Int64, _ currency: String?) -> String {
        guard let currency, let exponent = Currency.exponents[currency] else {
            return "\(minor) minor units" + (currency.map { " of \($0)" } ?? "")
        }
        guard exponent > 0 else { return "\(minor) \(currency)" }
        let digits = String(minor.magnitude)
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        return "\(minor < 0 ? "-" : "")\(padded.dropLast(exponent)).\(padded.suffix(exponent)) \(currency)"
    }
}
