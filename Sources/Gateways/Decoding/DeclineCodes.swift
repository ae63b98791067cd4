import Payments

/// A gateway's decline codes, and what kind of decline each is.
struct DeclineCodes: Sendable {
    private let kinds: [Substring: Decline]

    /// - Parameter codes: The codes of each kind, separated by white space.
    init(_ codes: [Decline: String]) {
        var kinds: [Substring: Decline] = [:]
        for (kind, codes) in codes {
            for code in codes.split(whereSeparator: \.isWhitespace) {
                kinds[code] = kind
            }
        }
        self.kinds = kinds
    }

    /// nil unless the operation failed, whatever its code, and nil for a code that is not in the gateway's list.
    func decline(_ code: String?, of status: Status) -> Decline? {
        guard let code, status.state == .failed else { return nil }
        return kinds[code[...]]
    }
}
