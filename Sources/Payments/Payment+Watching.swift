extension Payment {
    /// A person expects this payment: it is asked about until it is known, also when no callback ever comes.
    ///
    /// Doing so again changes what is expected, and nothing else; what was given up is taken up again.
    package mutating func watch(_ expected: Expectation, schedule: PollSchedule, at now: Timestamp) -> Consequences {
        var consequences = Consequences(effect: .applied, transitions: firstTransition)
        expect(expected)
        if isNew || pollState.phase == .unresolved {
            restartAsking(by: schedule, at: now)
            consequences.resolved[.unresolved] = "a person takes it up again"
        }
        tellContradictions(MoneyFold(self), in: &consequences)
        return consequences
    }

    /// New evidence came: the schedule starts again, or ends.
    mutating func restartAsking(by schedule: PollSchedule, at now: Timestamp) {
        pollState.restart(PollReasons(in: self), expiresAt: expiresAt, by: schedule, named: id, at: now)
    }

    /// Takes over what is expected; what it leaves unsaid stays.
    package mutating func expect(_ expected: Expectation) {
        expectation = expectation.updated(by: expected)
    }

    /// A person wants to know at once: of one operation that has an endpoint of its own, else of the payment and of its
    /// operations that are not final.
    package mutating func poll(named name: String, at now: Timestamp) {
        let children = isFolded ? operations.indices.filter { operations[$0].id != id } : []
        if let index = children.first(where: { operations[$0].id == name }) {
            operations[index].pollState.requestPoll(at: now)
            return
        }
        pollState.requestPoll(at: now)
        for index in children where !operations[index].state.isFinal {
            operations[index].pollState.requestPoll(at: now)
        }
    }

    /// Something points to this payment, but nothing was said of it: it is to be asked for at once.
    package mutating func expect(at now: Timestamp) -> Consequences {
        pollState.requestPoll(at: now)
        return Consequences(effect: .applied, transitions: firstTransition)
    }

    /// A body that cannot be read names this payment, or one of its operations: it is to be asked for at once.
    package mutating func mention(operation id: String?, at now: Timestamp) -> Consequences {
        guard isFolded, let id, id != self.id, hasRoom(for: [id]) else { return expect(at: now) }
        var consequences = Consequences(effect: .applied, transitions: firstTransition)
        if let index = operations.firstIndex(where: { $0.id == id }) {
            operations[index].pollState.requestPoll(at: now)
        } else {
            var operation = Operation(id: id, kind: .unknown)
            operation.parentID = self.id
            operation.pollState.requestPoll(at: now)
            operations.append(operation)
            consequences.transitions.append(
                Transition(of: .operation(id: id), from: nil, to: operation.tracked, kind: operation.kind)
            )
        }
        return consequences
    }

    /// Takes in the operations of a payment that turned out to be an operation of this one.
    package mutating func merge(_ merged: [Operation]) -> [Transition] {
        let before = self
        let known = Set(operations.lazy.map(\.id))
        operations += merged.filter { !known.contains($0.id) }
        refold()
        defer { isNew = false }
        return transitions(since: before, booking: entries)
    }
}

extension Checkout {
    /// A person expects that this token leads to a payment.
    package mutating func watch(_ expected: Expectation, schedule: PollSchedule, at now: Timestamp) -> Consequences {
        var consequences = Consequences(effect: .applied)
        if isNew {
            tracked.status = Status(word: nil, state: .pending)
            consequences.transitions.append(Transition(of: .checkout, from: nil, to: tracked))
        }
        expectation = expectation.updated(by: expected)
        if isNew || pollState.phase == .unresolved {
            pollState.restart(PollReasons(in: self), expiresAt: expiresAt, by: schedule, named: token, at: now)
            consequences.resolved[.unresolved] = "a person takes it up again"
        }
        return consequences
    }

    package mutating func poll(at now: Timestamp) {
        pollState.requestPoll(at: now)
    }
}

extension Subscription {
    package mutating func poll(at now: Timestamp) {
        pollState.requestPoll(at: now)
    }
}
