/// What a question to a status endpoint came to (design 3.6, `polls.outcome`).
package enum PollOutcome: String, Sendable, CaseIterable {
    case applied
    case unchanged
    case late
    case unrecognised
    /// The gateway does not know it (yet): not a failure.
    case notFound = "not_found"
    case unauthorized
    case rateLimited = "rate_limited"
    /// Transport trouble, a refused redirect, or a status of 500 and more.
    case unavailable
    case undecodable
    /// It speaks of another account, or of something else than was asked about.
    case foreign

    /// What an answer that could be read did.
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

    /// The gateway was in trouble: it says nothing about what was asked, and the whole account waits.
    package var isTrouble: Bool {
        switch self {
        case .rateLimited, .unavailable: true
        case .applied, .unchanged, .late, .unrecognised, .notFound, .unauthorized, .undecodable, .foreign: false
        }
    }

    /// Whether the next question waits a step longer. Rubbish is no answer, and uses up nothing.
    var usesUpTheSchedule: Bool {
        switch self {
        case .undecodable, .rateLimited, .unavailable: false
        case .applied, .unchanged, .late, .unrecognised, .notFound, .unauthorized, .foreign: true
        }
    }

    /// Whether asking may end with it: the gateway itself has spoken of what was asked, once more without saying how it ends.
    var mayBeTheLast: Bool {
        switch self {
        case .applied, .unchanged, .late, .unrecognised, .notFound: true
        case .unauthorized, .rateLimited, .unavailable, .undecodable, .foreign: false
        }
    }

    /// Whether the answer was believed, and is evidence: what follows from it can be derived from its bytes again.
    package var isEvidence: Bool {
        switch self {
        case .applied, .unchanged, .late, .unrecognised: true
        case .notFound, .unauthorized, .rateLimited, .unavailable, .undecodable, .foreign: false
        }
    }

    /// Whether the gateway said something that could be read about what was asked: such an answer settles what earlier answers,
    /// which could not, left open.
    package var isReadable: Bool {
        switch self {
        case .applied, .unchanged, .late: true
        case .unrecognised, .notFound, .unauthorized, .rateLimited, .unavailable, .undecodable, .foreign: false
        }
    }
}
