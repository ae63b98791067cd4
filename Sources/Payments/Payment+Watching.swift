extension Payment {
    /// Watches this payment because a person expects it: it is polled until its result is known, even if no callback
    /// ever comes.
    ///
    /// Watching it again only changes the expectation; if polling had been given up, it resumes.
    package mutating func watch(_ expected: Expectation, schedule: PollSchedule, at now: Timestamp) -> Consequences {
        var consequences = Consequences(effect: .applied, transitions: firstTransition)
        expect(expected)
        let conditions = pollState.watch(
            PollReasons(in: self),
            isNew: isNew,
            expiresAt: expiresAt,
            by: schedule,
            named: id,
            at: now
        )
        consequences.resolve(conditions)
        let agreeing = reportContradictions(MoneyFold(self), in: &consequences)
        consequences.resolve(agreeing)
        return consequences
    }

    /// Restarts or ends the schedule after new evidence.
    mutating func restartPolling(by schedule: PollSchedule, at now: Timestamp) {
        pollState.restart(PollReasons(in: self), expiresAt: expiresAt, by: schedule, named: id, at: now)
    }

    /// Updates the expectation; fields that `expected` does not set stay.
    package mutating func expect(_ expected: Expectation) {
        expectation = expectation.updated(by: expected)
    }

    /// Requests an immediate poll for a person: of one operation if it has an endpoint of its own, otherwise of the
    /// payment and of its operations that are not final.
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

    /// Requests an immediate poll of a payment that something refers to but that nothing has been reported about.
    package mutating func expect(at now: Timestamp) -> Consequences {
        pollState.requestPoll(at: now)
        return Consequences(effect: .applied, transitions: firstTransition)
    }

    /// Requests an immediate poll because an unreadable body names this payment or one of its operations.
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

    /// Adds the operations of a payment that turned out to be an operation of this one.
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
    /// Watches this token because a person expects it to lead to a payment.
    package mutating func watch(_ expected: Expectation, schedule: PollSchedule, at now: Timestamp) -> Consequences {
        var consequences = Consequences(effect: .applied)
        if isNew {
            tracked.status = Status(word: nil, state: .pending)
            consequences.transitions.append(Transition(of: .checkout, from: nil, to: tracked))
        }
        expectation = expectation.updated(by: expected)
        let conditions = pollState.watch(
            PollReasons(in: self),
            isNew: isNew,
            expiresAt: expiresAt,
            by: schedule,
            named: token,
            at: now
        )
        consequences.resolve(conditions)
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

extension PollState {
    /// Starts the schedule of an entity that a person watches, if it is new or polling had been given up.
    ///
    /// - Returns: what that resolves.
    fileprivate mutating func watch(
        _ reasons: PollReasons,
        isNew: Bool,
        expiresAt: Timestamp?,
        by schedule: PollSchedule,
        named name: String,
        at now: Timestamp
    ) -> ResolutionConditions {
        guard isNew || phase == .unresolved else { return [] }
        restart(reasons, expiresAt: expiresAt, by: schedule, named: name, at: now)
        return .isWatchedAgain
    }
}

/// What the merchant expects of a watched payment; a `nil` field is not compared.
package struct Expectation: Sendable, Hashable {
    /// Used where the gateway gives no reference.
    package var reference: String?
    /// In minor units.
    package var amount: Int64?
    package var currency: String?

    package init(reference: String? = nil, amount: Int64? = nil, currency: String? = nil) {
        self.reference = reference
        self.amount = amount
        self.currency = currency
    }

    /// This expectation, overridden by the fields that `newer` sets.
    func updated(by newer: Expectation) -> Expectation {
        Expectation(
            reference: newer.reference ?? reference,
            amount: newer.amount ?? amount,
            currency: newer.currency ?? currency
        )
    }
}
