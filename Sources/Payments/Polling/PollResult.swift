/// The result of a poll, as far as it affects when to poll next.
package struct PollResult: Sendable, Equatable {
    package let outcome: PollOutcome
    /// The poll request that was pending when the status request was sent.
    package let requestedAt: Timestamp?
    /// After a failure: how long polling of the gateway pauses.
    package let pause: Duration
    /// Why the answer cannot be believed, in words that name places and no values.
    package let detail: String?
    /// Whether our own process ended during this poll for the second time in a row: a third attempt could end no
    /// differently.
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

    /// Whether the result serves a poll request: any answer that tells the status does, and so does `not_found` if the
    /// known state is final.
    func serves(_ tracked: TrackedStatus, isHeld: Bool) -> Bool {
        guard !isHeld else { return false }
        return outcome.isReadable || (outcome == .notFound && tracked.status.state.isFinal)
    }
}

extension PollState {
    /// Applies the result of a poll.
    ///
    /// - Returns: whether polling is given up now.
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
    /// Applies the result of a poll of this payment and decides when the next one is due.
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

    /// Applies the result of a poll of one of this payment's operations.
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
    /// Applies the result of a poll of this token.
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
    /// Applies the result of a poll of this subscription. It is polled on demand only; that the gateway does not know
    /// it is an answer too.
    package mutating func apply(_ result: PollResult, schedule: PollSchedule, at now: Timestamp) -> Consequences {
        let isServed = result.serves(tracked, isHeld: tracked.isHeld) || result.outcome == .notFound
        let isEnd = pollState.apply(result, [], isServed: isServed, by: schedule, named: id, at: now)
        return Consequences(of: result, about: "the subscription", isEnd: isEnd, isKnown: true)
    }
}

extension Consequences {
    /// The consequences of a poll result: an answer that cannot be believed, the end of what such answers left open, or
    /// the end of polling.
    ///
    /// - Parameters:
    ///   - isEnd: whether polling is given up now.
    ///   - isKnown: whether the entity is not (or no longer) given up on.
    fileprivate init(of result: PollResult, about what: String, isEnd: Bool, isKnown: Bool) {
        self.init(effect: .unchanged)
        let detail = result.detail.map { ": \($0)" } ?? ""
        switch result.outcome {
        case .applied, .unchanged, .late:
            resolve(isKnown ? [.answerIsReadable, .isAnswered] : .answerIsReadable)
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
                    + "\(result.outcome.rawValue)); it is no longer polled, and nothing is assumed",
                // The gateway keeps to a word that is not final: there is nothing for a person to clear up.
                isNotice: result.outcome == .unchanged
            )
        }
    }
}
