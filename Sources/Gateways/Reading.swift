package import Payments

/// What an answer to a question comes to.
package enum Reading: Sendable, Equatable {
    /// It is proved, and about whom we asked.
    case report(Report)
    /// The gateway does not know of it (yet): never a failure.
    case notFound
    /// The gateway does not accept who asks.
    case unauthorized
    /// It asks to be left alone for a while.
    case rateLimited
    /// The gateway is in trouble, or wants to send us elsewhere: nobody is to follow a signed question there.
    case unavailable
    /// It cannot be read or is not proved. The text names the place, never what is there.
    case undecodable(String)
    /// It is proved, but is about somebody else.
    case foreign

    init(_ refusal: AnswerRefusal) {
        self =
            switch refusal {
            case .notFound: .notFound
            case .unauthorized: .unauthorized
            case .unavailable: .unavailable
            case .undecodable(let place): .undecodable(place)
            case .foreign: .foreign
            }
    }
}
