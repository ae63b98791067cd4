import Foundation

/// The fields of a query or of a form, in their order, decoded as browsers encode them
/// (`application/x-www-form-urlencoded`).
struct FormFields: Sendable {
    let members: [(name: String, value: String)]

    /// - Returns: nil if something cannot be decoded, or a name comes twice: which of the two was meant?
    init?(_ text: String) {
        var members: [(name: String, value: String)] = []
        var names: Set<String> = []
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(pair[0]), let value = Self.decoded(pair.count > 1 ? pair[1] : "") else {
                return nil
            }
            guard names.insert(name).inserted else { return nil }
            members.append((name, value))
        }
        self.members = members
    }

    /// The value of a field; nil if it is missing or empty.
    subscript(name: String) -> String? {
        members.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
