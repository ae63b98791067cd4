import Ledger
import Payments

/// A state as a word, with a colour beside it.
struct Badge {
    enum Tone: String {
        case good
        case bad
        case warn
        case back
        case odd
        case quiet
    }

    let word: String
    let tone: String

    init(_ word: String, _ tone: Tone) {
        self.word = word
        self.tone = tone.rawValue
    }

    /// A state of `payments` or `operations`.
    init(state: String) {
        self.init(state, State(rawValue: state)?.tone ?? .quiet)
    }

    /// An `effect` of callbacks, or an `outcome` of polls.
    init(effect: String) {
        let tone: Tone
        if let effect = Effect(rawValue: effect) {
            switch effect {
            case .applied: tone = .good
            case .unchanged, .late: tone = .quiet
            case .held: tone = .warn
            case .unrecognised: tone = .odd
            case .undecodable: tone = .bad
            }
        } else if let outcome = PollOutcome(rawValue: effect) {
            tone = outcome.isTrouble ? .bad : .quiet
        } else {
            tone = .quiet
        }
        self.init(effect, tone)
    }

    init(severity: String, isOpen: Bool) {
        let isAlarm = Severity(rawValue: severity) == .alarm
        self.init(severity, isOpen ? (isAlarm ? .bad : .warn) : .quiet)
    }

    /// A `state` of `forwards`.
    init(forward: String) {
        switch forward {
        case "delivered": self.init(forward, .good)
        case "waiting": self.init(forward, .warn)
        case "gave_up": self.init("given up", .bad)
        default: self.init(forward, .quiet)
        }
    }

    /// A `state` of `targets`.
    init(target: String) {
        switch target {
        case "delivering": self.init(target, .good)
        case "paused": self.init(target, .warn)
        case "gave_up": self.init("given up", .bad)
        default: self.init(target, .quiet)
        }
    }
}

extension State {
    fileprivate var tone: Badge.Tone {
        switch self {
        case .succeeded: .good
        case .failed, .chargedBack: .bad
        case .pending, .authorized: .warn
        case .cancelled, .expired: .quiet
        case .partiallyRefunded, .refunded: .back
        case .unknown: .odd
        }
    }
}

extension Badge: FrequentView {
    package static let members: Members = ["word": { $0.word }, "tone": { $0.tone }]
}
