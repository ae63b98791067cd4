/// What is still to be learned of something, and so how it is asked about (design 3.5).
struct PollReasons: OptionSet {
    let rawValue: UInt8

    /// Nobody knows yet how it ends: asked by the schedule, until it is given up.
    static let open = PollReasons(rawValue: 1)
    /// Money is held, or a request waits until somebody pays: asked from time to time, and never given up.
    static let authorized = PollReasons(rawValue: 2)
    /// It failed or expired: asked once more, for both gateways document success after failure.
    static let secondLook = PollReasons(rawValue: 4)
    /// The last answer could not be used: asked again by the schedule, also where one answer would have been the last.
    static let again = PollReasons(rawValue: 16)
    /// The hold is so old that a capture or void of it was lost, or forgotten: asked once a week.
    static let staleHold = PollReasons(rawValue: 32)
    /// It is paid: asked once more at certain ages, for a refund may have been lost.
    static let audit = PollReasons(rawValue: 8)
}

extension Payment {
    /// What is still to be learned of it at a time. A hold grows older than any that a gateway keeps: eComCharge's answers list no
    /// children, so that what became of it may have been lost.
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

    /// Audits look at payments alone. What is contested is open until an answer settles it.
    init(in operation: Operation) {
        self = PollReasons(in: operation.state).subtracting(.audit)
        if operation.isContested { insert(.open) }
    }

    /// What is asked about a payment: its own state, and for stated payments also its operations', which are asked about
    /// through it. Audits are for these: eComCharge's answers list no children, so that nothing new would come of them.
    init(in payment: Payment) {
        self = payment.tracked.status.nuance == .resting ? .authorized : PollReasons(in: payment.state)
        guard !payment.isFolded else {
            subtract(.audit)
            if payment.root?.isContested == true { insert(.open) }
            return
        }
        for operation in payment.operations { formUnion(PollReasons(in: operation)) }
    }

    /// A token that expired is not paid any more, but for what was under way: its transactions are asked about themselves.
    init(in checkout: Checkout) {
        self = checkout.tracked.status.state.isFinal ? [] : .open
    }
}
