/// What a question brought, as far as the schedule of further questions is concerned.
package struct Hearing: Sendable, Equatable {
    package let outcome: PollOutcome
    /// The wish that stood when the question was sent.
    package let wish: Timestamp?
    /// After trouble: how long the gateway is left alone.
    package let pause: Duration
    /// Why the answer cannot be believed, in words that name places and no values.
    package let detail: String?
    /// Whether our own process ended during this question, for the second time in a row: a third could be no different.
    package let isFatal: Bool

    package init(
        outcome: PollOutcome,
        wish: Timestamp?,
        pause: Duration = .zero,
        detail: String? = nil,
        isFatal: Bool = false
    ) {
        self.outcome = outcome
        self.wish = wish
        self.pause = pause
        self.detail = detail
        self.isFatal = isFatal
    }

    /// Whether a wish is served: by any answer that says how things stand, and by `not_found` where things stand finally.
    func serves(_ line: Line, isHeld: Bool) -> Bool {
        guard !isHeld else { return false }
        return outcome.isReadable || (outcome == .notFound && line.status.state.isFinal)
    }
}

extension Asking {
    /// Takes in what a question brought.
    ///
    /// - Returns: whether this is where it is given up.
    fileprivate mutating func hear(
        _ hearing: Hearing,
        _ interest: Interest,
        isServed: Bool,
        expiresAt: Timestamp? = nil,
        by schedule: Schedule,
        named name: String,
        at now: Timestamp
    ) -> Bool {
        guard !hearing.isFatal else {
            rest()
            return true
        }
        guard !hearing.outcome.isTrouble else {
            postpone(by: hearing.pause, schedule: schedule, named: name, at: now)
            return false
        }
        let before = phase
        proceed(
            interest,
            after: hearing,
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
    package mutating func hear(_ hearing: Hearing, schedule: Schedule, at now: Timestamp) -> Consequences {
        let isHeld = isFolded ? root?.line.isHeld == true : isHeld
        let interest = interest(at: now)
        let isEnd = asking.hear(
            hearing,
            interest,
            isServed: hearing.serves(line, isHeld: isHeld),
            expiresAt: expiresAt,
            by: schedule,
            named: id,
            at: now
        )
        var consequences = Consequences(of: hearing, about: "the payment", isEnd: isEnd, isKnown: !isGivenUp)
        if interest.contains(.staleHold) {
            consequences.open(
                .unresolved,
                "the money has been held for more than 30 days: a capture or void of it may have been lost (watch its uid)",
                isNotice: true
            )
        }
        return consequences
    }

    /// A question about one of this payment's operations was put.
    package mutating func hear(
        _ hearing: Hearing,
        operation id: String,
        schedule: Schedule,
        at now: Timestamp
    ) -> Consequences {
        guard let index = operations.firstIndex(where: { $0.id == id }) else { return Consequences(effect: .unchanged) }
        let line = operations[index].line
        let isEnd = operations[index].asking.hear(
            hearing,
            Interest(in: operations[index]),
            isServed: hearing.serves(line, isHeld: line.isHeld),
            by: schedule,
            named: id,
            at: now
        )
        return Consequences(of: hearing, about: "operation \(id)", isEnd: isEnd, isKnown: !isGivenUp)
    }
}

extension Checkout {
    /// A question about this token was put.
    package mutating func hear(_ hearing: Hearing, schedule: Schedule, at now: Timestamp) -> Consequences {
        let isEnd = asking.hear(
            hearing,
            Interest(in: self),
            isServed: hearing.serves(line, isHeld: line.isHeld),
            expiresAt: expiresAt,
            by: schedule,
            named: token,
            at: now
        )
        return Consequences(of: hearing, about: "the checkout", isEnd: isEnd, isKnown: asking.phase != .unresolved)
    }
}

extension Subscription {
    /// A question about this subscription was put. It is asked about on demand only; that the gateway does not know it is an
    /// answer too.
    package mutating func hear(_ hearing: Hearing, schedule: Schedule, at now: Timestamp) -> Consequences {
        let isServed = hearing.serves(line, isHeld: line.isHeld) || hearing.outcome == .notFound
        let isEnd = asking.hear(hearing, [], isServed: isServed, by: schedule, named: id, at: now)
        return Consequences(of: hearing, about: "the subscription", isEnd: isEnd, isKnown: true)
    }
}

extension Consequences {
    /// An answer that nobody can believe, the end of what such answers left open, or the end of the asking.
    ///
    /// - Parameters:
    ///   - isEnd: whether this is where it is given up.
    ///   - isKnown: whether nothing of it is given up, be it that it never was.
    fileprivate init(of hearing: Hearing, about what: String, isEnd: Bool, isKnown: Bool) {
        self.init(effect: .unchanged)
        let detail = hearing.detail.map { ": \($0)" } ?? ""
        switch hearing.outcome {
        case .applied, .unchanged, .late:
            settled[.foreignAnswer] = "a later answer was about what was asked"
            settled[.undecodable] = "a later answer could be read"
            if isKnown { settled[.unresolved] = "the gateway has answered" }
        case .foreign:
            open(.foreignAnswer, "the gateway's answer is about another account, or not about what was asked\(detail)")
        case .undecodable: open(.undecodable, "the gateway's answer cannot be believed\(detail)")
        case .unrecognised, .notFound, .unauthorized, .rateLimited, .unavailable: break
        }
        if hearing.isFatal {
            open(
                .undecodable,
                "Paystate ended twice in a row while the gateway was asked about \(what): it is not asked about by itself any "
                    + "more, and nothing is assumed; report it, and ask again with `paystate poll`"
            )
        } else if isEnd {
            open(
                .unresolved,
                "the gateway was asked often and long enough without saying how \(what) ends (its last answer: "
                    + "\(hearing.outcome.rawValue)); it is asked no more, and nothing is assumed",
                // The gateway keeps to a word that is not final: nobody has anything to clear up.
                isNotice: hearing.outcome == .unchanged
            )
        }
    }
}
