/// The closed set of states into which each gateway's words are mapped (docs/evidence-rules.md).
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
    /// The gateway used an unknown word, or has said nothing yet.
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

    /// Whether the buyer had paid, whatever was returned since.
    package var wasPaid: Bool { self == .succeeded || isMoneyBack }

    /// Whether money that had been paid went back to the buyer.
    package var isMoneyBack: Bool {
        switch self {
        case .partiallyRefunded, .refunded, .chargedBack: true
        case .pending, .authorized, .succeeded, .failed, .cancelled, .expired, .unknown: false
        }
    }
}

/// A gateway's own status word, together with the state it is mapped to.
///
/// The word is kept as sent: an unknown word is a value (state `unknown`), never an error and never a failure.
package struct Status: Sendable, Hashable {
    /// What a word says beyond its state.
    package enum Nuance: String, Sendable, CaseIterable {
        /// It stays so until somebody pays, however long that takes (ERIP `permanent`).
        case resting
        /// Its operations may report success, but no money has come yet (ecommpay `awaiting confirmation`).
        case unconfirmed
    }

    /// `nil` if the gateway has said nothing yet: a watched payment, or the parent of a child that came first.
    package let word: String?
    package let state: State
    package let nuance: Nuance?

    package init(word: String?, state: State, nuance: Nuance? = nil) {
        self.word = word
        self.state = state
        self.nuance = nuance
    }

    package static let nothingYet = Status(word: nil, state: .unknown)

    package var isUnknownWord: Bool { word != nil && state == .unknown }
}
