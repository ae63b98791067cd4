/// What a poll brought: the answer of a gateway's status endpoint, once its proof and its subject have been checked.
///
/// Whoever finds out that an answer cannot be believed throws it, and the ledger records it as it is. It never holds what was sent.
package enum StatusResult: Error, Sendable, Equatable {
    /// It is proved, and about what was asked.
    case report(Report)
    /// The gateway does not know of it (yet): never a failure.
    case notFound
    /// The gateway does not accept the account's credentials.
    case unauthorized
    /// The gateway was asked too often.
    case rateLimited
    /// The gateway is in trouble, is not the one who answered, or redirects: a signed request follows no redirect.
    case unavailable
    /// It cannot be read or is not proved. The text names the place, never what is there.
    case undecodable(String)
    /// It is proved, but is about another project, shop or payment.
    case foreign
    /// The process ended before the answer was recorded.
    case interrupted

    /// Whether the account's gateway is left alone for a while: it says nothing about what was asked.
    package var isTrouble: Bool {
        switch self {
        case .rateLimited, .unavailable: true
        case .report, .notFound, .unauthorized, .undecodable, .foreign, .interrupted: false
        }
    }
}
