/// What is still to be learned about an entity, which decides how it is polled (docs/reconciliation.md).
struct PollReasons: OptionSet {
    let rawValue: UInt8

    /// The result is not known yet: polled on the schedule, until polling is given up.
    static let open = PollReasons(rawValue: 1)
    /// Money is held, or a request waits until somebody pays: polled from time to time, and never given up.
    static let authorized = PollReasons(rawValue: 2)
    /// It failed or expired: polled once more, because both gateways document success after failure.
    static let secondLook = PollReasons(rawValue: 4)
    /// The last answer could not be used: polled again on the schedule, even where one answer would have been the last.
    static let again = PollReasons(rawValue: 16)
    /// The hold is so old that its capture or void was lost or forgotten: polled once a week.
    static let staleHold = PollReasons(rawValue: 32)
    /// It is paid: polled once more at certain ages, because a refund may have been lost.
    static let audit = PollReasons(rawValue: 8)
}

extension Payment {
    /// What is still to be learned about the payment at a given time. A hold can grow older than any that a gateway
    /// keeps: eComCharge's answers list no children, so its capture or void may have been lost.
    func pollReasons(at now: Timestamp) -> PollReasons {
        let reasons = PollReasons(in: self)
        guard isFolded, state == .authorized, let since = pollState.since, since + Self.oldestHold <= now else {
            return reasons
        }
        return reasons.union(.staleHold)
    }

    private static let oldestHold = Duration.seconds(30 * 86_400)
}

extension PollReasons {
    init(in state: State) {
        self =
            switch state {
            case .pending, .unknown: .open
            case .authorized: .authorized
            case .failed, .expired: .secondLook
            case .succeeded, .partiallyRefunded: .audit
            case .cancelled, .refunded, .chargedBack: []
            }
    }

    /// Audits cover payments alone. A contested operation is open until an answer resolves it.
    init(in operation: Operation) {
        self = PollReasons(in: operation.state).subtracting(.audit)
        if operation.isContested { insert(.open) }
    }

    /// The reasons of a payment's own state and, for stated payments, also of its operations, which are polled through
    /// it. Only these are audited: eComCharge's answers list no children, so an audit would bring nothing new.
    init(in payment: Payment) {
        self = payment.tracked.status.nuance == .resting ? .authorized : PollReasons(in: payment.state)
        guard !payment.isFolded else {
            subtract(.audit)
            if payment.root?.isContested == true { insert(.open) }
            return
        }
        for operation in payment.operations { formUnion(PollReasons(in: operation)) }
    }

    /// An expired token can no longer be paid, except by what was in progress: its transactions are polled themselves.
    init(in checkout: Checkout) {
        self = checkout.tracked.status.state.isFinal ? [] : .open
    }
}
