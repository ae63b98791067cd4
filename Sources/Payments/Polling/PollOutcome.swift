/// The outcome of one poll of a status endpoint (`polls.outcome`, docs/reading-the-database.md).
package enum PollOutcome: String, Sendable, CaseIterable {
    case applied
    case unchanged
    case late
    case unrecognised
    /// The gateway does not know the entity (yet): not a failure.
    case notFound = "not_found"
    case unauthorized
    case rateLimited = "rate_limited"
    /// A transport failure, a refused redirect, or an HTTP status of 500 or above.
    case unavailable
    case undecodable
    /// The answer is about another account, or about something else than was polled.
    case foreign

    /// The outcome of a readable answer with this effect.
    package init(_ effect: Effect) {
        self =
            switch effect {
            case .applied: .applied
            case .unchanged: .unchanged
            case .late: .late
            case .unrecognised, .held: .unrecognised
            case .undecodable: .undecodable
            }
    }

    /// Whether the gateway failed or limited the rate: that says nothing about the entity, and polling of the whole
    /// account pauses.
    package var isTrouble: Bool {
        switch self {
        case .rateLimited, .unavailable: true
        case .applied, .unchanged, .late, .unrecognised, .notFound, .unauthorized, .undecodable, .foreign: false
        }
    }

    /// Whether the next poll waits one step longer. An unreadable answer is none, and uses up no step.
    var usesUpTheSchedule: Bool {
        switch self {
        case .undecodable, .rateLimited, .unavailable: false
        case .applied, .unchanged, .late, .unrecognised, .notFound, .unauthorized, .foreign: true
        }
    }

    /// Whether polling may end with it: the gateway itself has answered about the entity, again without saying how it
    /// ends.
    var mayBeTheLast: Bool {
        switch self {
        case .applied, .unchanged, .late, .unrecognised, .notFound: true
        case .unauthorized, .rateLimited, .unavailable, .undecodable, .foreign: false
        }
    }

    /// Whether the answer was believed and is evidence: what follows from it can be derived again from its bytes.
    package var isEvidence: Bool {
        switch self {
        case .applied, .unchanged, .late, .unrecognised: true
        case .notFound, .unauthorized, .rateLimited, .unavailable, .undecodable, .foreign: false
        }
    }

    /// Whether the answer about the entity could be read: such an answer resolves what earlier, unreadable answers left
    /// open.
    package var isReadable: Bool {
        switch self {
        case .applied, .unchanged, .late: true
        case .unrecognised, .notFound, .unauthorized, .rateLimited, .unavailable, .undecodable, .foreign: false
        }
    }
}

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
