/// What a question brought, as far as the schedule of further questions is concerned.
package struct PollResult: Sendable, Equatable {
    package let outcome: PollOutcome
    /// The wish that stood when the question was sent.
    package let requestedAt: Timestamp?
    /// After trouble: how long the gateway is left alone.
    package let pause: Duration
    /// Why the answer cannot be believed, in words that name places and no values.
    package let detail: String?
    /// Whether our own process ended during this question, for the second time in a row: a third could be no different.
    package let isFatal: Bool

    package init(
        outcome: PollOutcome,
        requestedAt: Timestamp?,
        pause: Duration = .zero,
        detail: String? = nil,
        isFatal: Bool = false
    ) {
        self.outcome = outcome
        self.requestedAt = requestedAt
        self.pause = pause
        self.detail = detail
        self.isFatal = isFatal
    }

    /// Whether a wish is served: by any answer that says how things stand, and by `not_found` where things stand finally.
    func serves(_ tracked: TrackedStatus, isHeld: Bool) -> Bool {
        guard !isHeld else { return false }
        return outcome.isReadable || (outcome == .notFound && tracked.status.state.isFinal)
    }
}

extension PollState {
    /// Takes in what a question brought.
    ///
    /// - Returns: whether this is where it is given up.
    fileprivate mutating func apply(
        _ result: PollResult,
        _ reasons: PollReasons,
        isServed: Bool,
        expiresAt: Timestamp? = nil,
        by schedule: PollSchedule,
        named name: String,
        at now: Timestamp
    ) -> Bool {
        guard !result.isFatal else {
            giveUp()
            return true
        }
        guard !result.outcome.isTrouble else {
            postpone(by: result.pause, schedule: schedule, named: name, at: now)
            return false
        }
        let before = phase
        proceed(
            reasons,
            after: result,
            isServed: isServed,
            expiresAt: expiresAt,
            by: schedule,
            named: name,
            at: now
        )
        return phase == .unresolved && before != .unresolved
    }
}

extension Payment {
    /// A question about this payment was put: decides when the next one is due.
    package mutating func apply(_ result: PollResult, schedule: PollSchedule, at now: Timestamp) -> Consequences {
        let isHeld = isFolded ? root?.tracked.isHeld == true : isHeld
        let reasons = pollReasons(at: now)
        let isEnd = pollState.apply(
            result,
            reasons,
            isServed: result.serves(tracked, isHeld: isHeld),
            expiresAt: expiresAt,
            by: schedule,
            named: id,
            at: now
        )
        var consequences = Consequences(of: result, about: "the payment", isEnd: isEnd, isKnown: !isGivenUp)
        if reasons.contains(.staleHold) {
            consequences.open(
                .unresolved,
                "the money has been held for more than 30 days: a capture or void of it may have been lost (watch its uid)",
                isNotice: true
            )
        }
        return consequences
    }

    /// A question about one of this payment's operations was put.
    package mutating func apply(
        _ result: PollResult,
        operation id: String,
        schedule: PollSchedule,
        at now: Timestamp
    ) -> Consequences {
        guard let index = operations.firstIndex(where: { $0.id == id }) else { return Consequences(effect: .unchanged) }
        let tracked = operations[index].tracked
        let isEnd = operations[index].pollState.apply(
            result,
            PollReasons(in: operations[index]),
            isServed: result.serves(tracked, isHeld: tracked.isHeld),
            by: schedule,
            named: id,
            at: now
        )
        return Consequences(of: result, about: "operation \(id)", isEnd: isEnd, isKnown: !isGivenUp)
    }
}

extension Checkout {
    /// A question about this token was put.
    package mutating func apply(_ result: PollResult, schedule: PollSchedule, at now: Timestamp) -> Consequences {
        let isEnd = pollState.apply(
            result,
            PollReasons(in: self),
            isServed: result.serves(tracked, isHeld: tracked.isHeld),
            expiresAt: expiresAt,
            by: schedule,
            named: token,
            at: now
        )
        return Consequences(of: result, about: "the checkout", isEnd: isEnd, isKnown: pollState.phase != .unresolved)
    }
}

extension Subscription {
    /// A question about this subscription was put. It is asked about on demand only; that the gateway does not know it is an
    /// answer too.
    package mutating func apply(_ result: PollResult, schedule: PollSchedule, at now: Timestamp) -> Consequences {
        let isServed = result.serves(tracked, isHeld: tracked.isHeld) || result.outcome == .notFound
        let isEnd = pollState.apply(result, [], isServed: isServed, by: schedule, named: id, at: now)
        return Consequences(of: result, about: "the subscription", isEnd: isEnd, isKnown: true)
    }
}

extension Consequences {
    /// An answer that nobody can believe, the end of what such answers left open, or the end of the asking.
    ///
    /// - Parameters:
    ///   - isEnd: whether this is where it is given up.
    ///   - isKnown: whether nothing of it is given up, be it that it never was.
    fileprivate init(of result: PollResult, about what: String, isEnd: Bool, isKnown: Bool) {
        self.init(effect: .unchanged)
        let detail = result.detail.map { ": \($0)" } ?? ""
        switch result.outcome {
        case .applied, .unchanged, .late:
            resolved[.foreignAnswer] = "a later answer was about what was asked"
            resolved[.undecodable] = "a later answer could be read"
            if isKnown { resolved[.unresolved] = "the gateway has answered" }
        case .foreign:
            open(.foreignAnswer, "the gateway's answer is about another account, or not about what was asked\(detail)")
        case .undecodable: open(.undecodable, "the gateway's answer cannot be believed\(detail)")
        case .unrecognised, .notFound, .unauthorized, .rateLimited, .unavailable: break
        }
        if result.isFatal {
            open(
                .undecodable,
                "Paystate ended twice in a row while the gateway was asked about \(what): it is not asked about by itself any "
                    + "more, and nothing is assumed; report it, and ask again with `paystate poll`"
            )
        } else if isEnd {
            open(
                .unresolved,
                "the gateway was asked often and long enough without saying how \(what) ends (its last answer: "
                    + "\(result.outcome.rawValue)); it is asked no more, and nothing is assumed",
                // The gateway keeps to a word that is not final: nobody has anything to clear up.
                isNotice: result.outcome == .unchanged
            )
        }
    }
}
