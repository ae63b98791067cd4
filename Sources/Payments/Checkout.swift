/// An eComCharge payment token, as far as it is known.
package struct Checkout: Sendable, Equatable {
    package let token: String
    package var tracked: TrackedStatus
    package var isFinished: Bool
    package var isExpired: Bool
    package var reference: String?
    package var isTest: Bool?
    package var paymentID: String?
    /// When the time to pay ends, according to the gateway.
    package var expiresAt: Timestamp?
    /// What the merchant expects of the payments that the token leads to.
    package var expectation: Expectation
    package var pollState: PollState
    package var isNew: Bool

    package init(token: String) {
        self.token = token
        tracked = TrackedStatus()
        isFinished = false
        isExpired = false
        expectation = Expectation()
        pollState = PollState()
        isNew = true
    }

    /// Records a report about the token. A pending token is polled until it is finished with success or expired.
    package mutating func record(
        _ report: CheckoutReport,
        from origin: Origin,
        schedule: PollSchedule,
        at now: Timestamp
    ) -> Consequences {
        let before = isNew ? nil : tracked
        let judgement = apply(report, from: origin)
        let wasGivenUp = pollState.phase == .unresolved
        if judgement.effect.isNews {
            isFinished = report.isFinished
            isExpired = report.isExpired
            reference = report.reference ?? reference
            isTest = report.isTest ?? isTest
            paymentID = report.paymentID ?? paymentID
            expiresAt = report.expiresAt ?? expiresAt
        }
        // As with payments: a callback restarts the schedule, a poll answer only if it brought something new.
        if judgement.effect == .applied || (judgement.effect == .unchanged && origin == .callback) {
            pollState.restart(PollReasons(in: self), expiresAt: expiresAt, by: schedule, named: token, at: now)
        }
        if judgement.pollsAtOnce { pollState.requestPoll(at: now) }
        return Consequences(
            of: judgement,
            for: .checkout,
            from: before,
            to: tracked,
            says: report.status,
            wasGivenUp: wasGivenUp
        )
    }

    /// An expiry says nothing about a token that was paid, even if it was paid late.
    private mutating func apply(_ report: CheckoutReport, from origin: Origin) -> Judgement {
        if tracked.status.state == .succeeded, report.status.state == .expired { return Judgement(.late, row: 4) }
        return tracked.apply(
            Evidence(
                status: report.status,
                amounts: Amounts(amount: report.amount, currency: report.currency),
                origin: origin
            )
        )
    }

    /// Marks the token as succeeded because a payment that it led to succeeded, even if it has expired meanwhile.
    package mutating func succeed(with payment: Payment) -> Consequences {
        var consequences = Consequences(effect: .unchanged)
        guard payment.state.wasPaid, tracked.status.state != .succeeded else { return consequences }
        let before = isNew ? nil : tracked.status
        tracked.status = Status(word: payment.tracked.status.word, state: .succeeded)
        tracked.isHeld = false
        pollState = PollState()
        consequences.effect = .applied
        consequences.transitions = [Transition(of: .checkout, from: before, to: tracked)]
        consequences.resolve(.ledToPaidPayment)
        return consequences
    }
}
