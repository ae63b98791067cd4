/// Our closed set of states, into which each gateway's words are mapped (design 3.1).
///
/// An operation's own state is one of `pending`, `succeeded`, `failed`, `cancelled`, `expired`, `unknown`.
package enum State: String, Sendable, CaseIterable {
    case pending
    /// Money is held, not taken.
    case authorized
    case succeeded
    case failed
    case cancelled
    case expired
    case partiallyRefunded = "partially_refunded"
    case refunded
    case chargedBack = "charged_back"
    /// The gateway used a word that we do not know, or has said nothing yet.
    case unknown

    /// Whether the payment is expected to stay as it is.
    package var isFinal: Bool {
        switch self {
        case .pending, .authorized, .unknown: false
        case .succeeded, .failed, .cancelled, .expired, .partiallyRefunded, .refunded, .chargedBack: true
        }
    }

    /// Whether the buyer ended up not paying.
    package var isUnpaidEnd: Bool {
        switch self {
        case .failed, .cancelled, .expired: true
        case .pending, .authorized, .succeeded, .partiallyRefunded, .refunded, .chargedBack, .unknown: false
        }
    }

    /// Whether the buyer had paid, whatever went back since.
    package var wasPaid: Bool { self == .succeeded || isMoneyBack }

    /// Whether money that had been paid went back to the buyer.
    package var isMoneyBack: Bool {
        switch self {
        case .partiallyRefunded, .refunded, .chargedBack: true
        case .pending, .authorized, .succeeded, .failed, .cancelled, .expired, .unknown: false
        }
    }
}
