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
