/// An eComCharge payment token, as far as we know it.
package struct Checkout: Sendable, Equatable {
    package let token: String
    package var line: Line
    package var isFinished: Bool
    package var isExpired: Bool
    package var reference: String?
    package var isTest: Bool?
    package var paymentID: String?
    package var asking: Asking
    package var isNew: Bool

    package init(token: String) {
        self.token = token
        line = Line()
        isFinished = false
        isExpired = false
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
        if judgement.effect.isNews {
            isFinished = report.isFinished
            isExpired = report.isExpired
            reference = report.reference ?? reference
            isTest = report.isTest ?? isTest
            paymentID = report.paymentID ?? paymentID
            asking.restart(after: line.status.state.isFinal ? nil : schedule.firstAfter, at: now)
        }
        if judgement.asksAtOnce { asking.wish(at: now) }
        return Consequences(of: judgement, for: .checkout, from: before, to: line)
    }
}
