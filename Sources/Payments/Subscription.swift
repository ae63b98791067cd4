/// An eComCharge subscription, as far as we know it. It is asked about on demand only: the money is in its transactions.
package struct Subscription: Sendable, Equatable {
    package let id: String
    package var line: Line
    package var event: String?
    package var plan: String?
    /// The uid of its last transaction.
    package var paymentID: String?
    package var asking: Asking
    package var isNew: Bool

    package init(id: String) {
        self.id = id
        line = Line()
        asking = Asking()
        isNew = true
    }

    package mutating func record(_ report: SubscriptionReport, from origin: Origin, at now: Moment) -> Consequences {
        let before = isNew ? nil : line
        let judgement = line.take(
            Evidence(
                status: report.status,
                amounts: Amounts(amount: report.amount, currency: report.currency),
                origin: origin
            )
        )
        if judgement.effect.isNews {
            event = report.event ?? event
            plan = report.plan ?? plan
            paymentID = report.paymentID ?? paymentID
        }
        if judgement.asksAtOnce { asking.wish(at: now) }
        var consequences = Consequences(of: judgement, for: .subscription, from: before, to: line, says: report.status)
        if judgement.settlesHeld { consequences.settled[.regression] = "the gateway was asked, and its answer stands" }
        if judgement.effect.isNews, !line.status.isUnknownWord {
            consequences.settled[.unknownStatus] = "the gateway now uses words that we know"
        }
        for anomaly in consequences.anomalies { consequences.settled[anomaly.kind] = nil }
        return consequences
    }
}
