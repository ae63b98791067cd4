/// The result of a poll: the answer of a gateway's status endpoint, after its proof and its subject have been checked.
///
/// Code that finds an answer unbelievable throws this value, and the ledger records it as it is. It never holds what
/// was sent.
package enum StatusResult: Error, Sendable, Equatable {
    /// The answer is proved, and about the polled entity.
    case report(Report)
    /// The gateway does not know the entity (yet): never a failure.
    case notFound
    /// The gateway does not accept the account's credentials.
    case unauthorized
    /// The gateway was polled too often.
    case rateLimited
    /// The gateway failed, somebody else answered, or it redirects: a signed request follows no redirect.
    case unavailable
    /// The answer cannot be read or is not proved. The text names the place, never its content.
    case undecodable(String)
    /// The answer is proved, but about another project, shop or payment.
    case foreign
    /// The process ended before the answer was recorded.
    case interrupted

    /// Whether polling of the account's gateway pauses: the result says nothing about the polled entity.
    package var isTrouble: Bool {
        switch self {
        case .rateLimited, .unavailable: true
        case .report, .notFound, .unauthorized, .undecodable, .foreign, .interrupted: false
        }
    }
}
