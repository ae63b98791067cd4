/// A payment with its operations, as far as we know it, and what evidence does to it.
///
/// ecommpay states the payment's status: it is judged on the payment's own line. eComCharge states only transactions: each is
/// judged on its line, and the payment is the fold of them (design 3.3).
package struct Payment: Sendable, Equatable {
    package let id: String
    /// Whether the status is folded from the operations (eComCharge) rather than stated (ecommpay).
    package let isFolded: Bool
    package var line: Line
    /// Taken from the buyer, before refunds, in minor units.
    package var captured: Int64
    package var reference: String?
    package var checkoutToken: String?
    package var type: String?
    package var method: String?
    package var initialAmount: Int64?
    package var surcharge: Int64?
    package var isTest: Bool?
    package var code: String?
    package var message: String?
    /// What the merchant expects, where the payment is watched.
    package var expectation: Expectation
    package var asking: Asking
    package var operations: [Operation]
    /// Whether anything was recorded of it before.
    package var isNew: Bool

    /// A payment of which nothing is known yet.
    package init(id: String, isFolded: Bool) {
        self.id = id
        self.isFolded = isFolded
        line = Line()
        captured = 0
        expectation = Expectation()
        asking = Asking()
        operations = []
        isNew = true
    }

    package var state: State { line.status.state }

    /// Whether the asking about it, or about one of its operations, was given up.
    var isGivenUp: Bool { ([asking] + operations.map(\.asking)).contains { $0.phase == .unresolved } }

    /// Whether any line of the payment waits for the gateway's answer.
    package var isHeld: Bool { line.isHeld || operations.contains { $0.line.isHeld } }

    /// Records what a report says of this payment and its operations.
    ///
    /// - Parameters:
    ///   - payment: what is said of the payment itself; `nil` where a child operation came without its payment.
    ///   - now: the time of recording, from which the next question is counted.
    package mutating func record(
        _ payment: PaymentReport?,
        operations reports: [OperationReport],
        from origin: Origin,
        schedule: Schedule,
        at now: Moment
    ) -> Consequences {
        let before = line
        var course = Course(payment: self, origin: origin, schedule: schedule, now: now)
        course.take(reports)
        if let payment { course.take(payment) }
        if isFolded { course.fold() }
        course.conclude()
        self = course.payment
        var consequences = course.consequences
        if isNew || line.status != before.status || line.amounts != before.amounts {
            consequences.transitions.append(Transition(of: .payment, from: isNew ? nil : before.status, to: line))
        }
        return consequences
    }

    /// Keeps a callback whose signature does not prove its structure: nothing of it is applied, the gateway is asked.
    package mutating func hold(at now: Moment) -> Consequences {
        var consequences = Consequences(effect: .held)
        if isNew { consequences.transitions.append(Transition(of: .payment, from: nil, to: line)) }
        line.isHeld = true
        asking.wish(at: now)
        consequences.open(
            .ambiguousSignature,
            "a key or a value holds «;», which the signed text does not escape: the signature is right, but does not prove"
                + " the structure; the gateway is asked"
        )
        return consequences
    }
}
