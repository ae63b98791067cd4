import Payments

/// A gateway's codes for refusals, and what kind of refusal each is.
struct DeclineCodes: Sendable {
    private let kinds: [Substring: Decline]

    /// - Parameter codes: Of each kind, with white space between.
    init(_ codes: [Decline: String]) {
        var kinds: [Substring: Decline] = [:]
        for (kind, codes) in codes {
            for code in codes.split(whereSeparator: \.isWhitespace) {
                kinds[code] = kind
            }
        }
        self.kinds = kinds
    }

    /// nil for what did not fail, whatever its code, and for a code that is not in the gateway's list.
    func decline(_ code: String?, of status: Status) -> Decline? {
        guard let code, status.state == .failed else { return nil }
        return kinds[code[...]]
    }
}
