/// An eComCharge subscription, as far as it is known. It is polled on demand only: its money is in its transactions.
package struct Subscription: Sendable, Equatable {
    package let id: String
    package var tracked: TrackedStatus
    /// Its state in the words of the view `subscriptions`.
    package var standing: SubscriptionState
    package var event: String?
    package var plan: String?
    package var reference: String?
    /// The uid of its last transaction.
    package var paymentID: String?
    package var paidCycles: Int64?
    package var renewsAt: Timestamp?
    package var activeUntil: Timestamp?
    package var pollState: PollState
    package var isNew: Bool

    package init(id: String) {
        self.id = id
        tracked = TrackedStatus()
        standing = .unknown
        pollState = PollState()
        isNew = true
    }

    package mutating func record(_ report: SubscriptionReport, from origin: Origin, at now: Timestamp) -> Consequences {
        let (before, standingBefore) = (isNew ? nil : tracked, standing)
        let judgement = apply(report, from: origin)
        if judgement.effect.isNews {
            standing = report.standing
            event = report.event ?? event
            plan = report.plan ?? plan
            reference = report.reference ?? reference
            paymentID = report.paymentID ?? paymentID
            paidCycles = report.paidCycles ?? paidCycles
            renewsAt = report.renewsAt ?? renewsAt
            activeUntil = report.activeUntil ?? activeUntil
        }
        if judgement.pollsAtOnce { pollState.requestPoll(at: now) }
        var consequences = Consequences(
            of: judgement,
            for: .subscription,
            from: before,
            to: tracked,
            says: report.status
        )
        for index in consequences.transitions.indices {
            consequences.transitions[index].fromStanding = before == nil ? nil : standingBefore
            consequences.transitions[index].toStanding = standing
        }
        return consequences
    }

    /// Applies a report. Subscriptions are ordered by paid cycles, then by last charge (docs/evidence-rules.md): a late
    /// report, such as that of its creation, turns nothing back. One more paid cycle is news whatever was known: a
    /// charge may follow a cancellation.
    private mutating func apply(_ report: SubscriptionReport, from origin: Origin) -> Judgement {
        let evidence = Evidence(
            status: report.status,
            amounts: Amounts(amount: report.amount, currency: report.currency),
            gatewayTime: report.chargedAt,
            origin: origin
        )
        guard origin == .callback, !isNew, let known = paidCycles, let said = report.paidCycles, known != said else {
            return tracked.apply(evidence)
        }
        if said < known { return Judgement(.late, row: 4) }
        var judgement = tracked.apply(evidence)
        if judgement.effect == .held {
            tracked.isHeld = false
            tracked.status = report.status
            tracked.amounts = tracked.amounts.updated(by: evidence.amounts)
            tracked.gatewayTime = evidence.gatewayTime ?? tracked.gatewayTime
            judgement = Judgement(.applied, row: 8)
        }
        return judgement
    }
}
