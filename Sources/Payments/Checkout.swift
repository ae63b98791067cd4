/// An eComCharge payment token, as far as we know it.
package struct Checkout: Sendable, Equatable {
    package let token: String
    package var line: Line
    package var isFinished: Bool
    package var isExpired: Bool
    package var reference: String?
    package var isTest: Bool?
    package var paymentID: String?
    /// What the merchant expects of the payments that the token leads to.
    package var expectation: Expectation
    package var asking: Asking
    package var isNew: Bool

    package init(token: String) {
        self.token = token
        line = Line()
        isFinished = false
        isExpired = false
        expectation = Expectation()
        asking = Asking()
        isNew = true
    }

    /// Records what is said of the token. A pending one is asked about until it is finished with success or expired.
    package mutating func record(
        _ report: CheckoutReport,
        from origin: Origin,
        schedule: Schedule,
        at now: Moment
    ) -> Consequences {
        let before = isNew ? nil : line
        let judgement = line.take(
            Evidence(
                status: report.status,
                amounts: Amounts(amount: report.amount, currency: report.currency),
                origin: origin
            )
        )
        let wasGivenUp = asking.phase == .unresolved
        if judgement.effect.isNews {
            isFinished = report.isFinished
            isExpired = report.isExpired
            reference = report.reference ?? reference
            if report.reference != nil, expectation.reference == reference { expectation.reference = nil }
            isTest = report.isTest ?? isTest
            paymentID = report.paymentID ?? paymentID
        }
        // As with payments: a callback starts the schedule again, an answer only when it brought something new.
        if judgement.effect == .applied || (judgement.effect == .unchanged && origin == .callback) {
            asking.restart(Interest(in: self), by: schedule, named: token, at: now)
        }
        if judgement.asksAtOnce { asking.wish(at: now) }
        var consequences = Consequences(of: judgement, for: .checkout, from: before, to: line, says: report.status)
        if judgement.settlesHeld { consequences.settled[.regression] = "the gateway was asked, and its answer stands" }
        if judgement.effect.isNews {
            if wasGivenUp { consequences.settled[.unresolved] = "the gateway has spoken again" }
            if !line.status.isUnknownWord {
                consequences.settled[.unknownStatus] = "the gateway now uses words that we know"
            }
        }
        for anomaly in consequences.anomalies { consequences.settled[anomaly.kind] = nil }
        return consequences
    }
}
