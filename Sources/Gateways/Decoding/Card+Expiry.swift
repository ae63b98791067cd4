import Payments

extension Card {
    /// A month and a year, which may have two digits, as `2030-01`; nil unless both are given.
    static func expiry(month: String?, year: String?) -> String? {
        guard
            let month = month.flatMap({ Int($0) }), (1...12).contains(month),
            let year = year.flatMap({ Int($0) }), (0...99).contains(year) || (2000...2999).contains(year)
        else { return nil }
        return "\(year < 100 ? 2000 + year : year)-\(month < 10 ? "0" : "")\(month)"
    }

    var ifKnown: Card? { isKnown ? self : nil }
}
