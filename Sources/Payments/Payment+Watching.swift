extension Payment {
    /// A person expects this payment: it is asked about until it is known, also when no callback ever comes.
    ///
    /// Doing so again changes what is expected, and nothing else; what was given up is taken up again.
    package mutating func watch(_ expected: Expectation, schedule: Schedule, at now: Moment) -> Consequences {
        var consequences = Consequences(effect: .applied)
        if isNew { consequences.transitions.append(Transition(of: .payment, from: nil, to: line)) }
        expect(expected)
        if isNew || asking.phase == .unresolved {
            asking.restart(Interest(in: self), by: schedule, named: id, at: now)
            consequences.settled[.unresolved] = "a person takes it up again"
        }
        compareWithExpectation(&consequences)
        return consequences
    }

    /// Takes over what is expected; the reference stands in where the gateway gives none.
    package mutating func expect(_ expected: Expectation) {
        let isGatewaysOwn = reference != nil && reference != expectation.reference
        expectation = expectation.updated(by: expected)
        if !isGatewaysOwn { reference = expectation.reference ?? reference }
        if isGatewaysOwn, expectation.reference == reference { expectation.reference = nil }
    }

    /// The gateway's own reference stands before one that was watched, also if they were the same until now.
    mutating func takeReference(_ own: String) {
        reference = own
        if expectation.reference == own { expectation.reference = nil }
    }

    /// A person wants to know at once: of one operation that has an endpoint of its own, else of the payment and of its
    /// operations that are not final.
    package mutating func poll(named name: String, at now: Moment) {
        let children = isFolded ? operations.indices.filter { operations[$0].id != id } : []
        if let index = children.first(where: { operations[$0].id == name }) {
            operations[index].asking.wish(at: now)
            return
        }
        asking.wish(at: now)
        for index in children where !operations[index].state.isFinal { operations[index].asking.wish(at: now) }
    }

    /// Something points to this payment, but nothing was said of it: it is to be asked for at once.
    package mutating func expect(at now: Moment) -> Consequences {
        asking.wish(at: now)
        return Consequences(effect: .applied, transitions: [Transition(of: .payment, from: nil, to: line)])
    }

    /// Opens or settles what differs from the merchant's expectation. With a surcharge the total differs from the merchant's own
    /// amount, so either may be the expected one.
    func compareWithExpectation(_ consequences: inout Consequences) {
        if let expected = expectation.amount, let amount = line.amounts.amount {
            if amount == expected || initialAmount == expected {
                consequences.settled[.amountMismatch] = "the amount is the expected one"
            } else {
                consequences.open(.amountMismatch, "the amount is \(amount), expected was \(expected) (minor units)")
            }
        }
        if let expected = expectation.currency, let currency = line.amounts.currency {
            if currency == expected {
                consequences.settled[.currencyMismatch] = "the currency is the expected one"
            } else {
                consequences.open(.currencyMismatch, "the currency is \(currency), expected was \(expected)")
            }
        }
    }
}

extension Checkout {
    /// A person expects that this token leads to a payment.
    package mutating func watch(_ expected: Expectation, schedule: Schedule, at now: Moment) -> Consequences {
        var consequences = Consequences(effect: .applied)
        if isNew {
            line.status = Status(word: nil, state: .pending)
            consequences.transitions.append(Transition(of: .checkout, from: nil, to: line))
        }
        let isGatewaysOwn = reference != nil && reference != expectation.reference
        expectation = expectation.updated(by: expected)
        if !isGatewaysOwn { reference = expectation.reference ?? reference }
        if isGatewaysOwn, expectation.reference == reference { expectation.reference = nil }
        if isNew || asking.phase == .unresolved {
            asking.restart(Interest(in: self), by: schedule, named: token, at: now)
            consequences.settled[.unresolved] = "a person takes it up again"
        }
        return consequences
    }

    package mutating func poll(at now: Moment) {
        asking.wish(at: now)
    }
}

extension Subscription {
    package mutating func poll(at now: Moment) {
        asking.wish(at: now)
    }
}
