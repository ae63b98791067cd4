/// What is believed about one payment, operation, checkout or subscription, and the rules by which new evidence is
/// judged.
package struct TrackedStatus: Sendable, Equatable {
    package var status: Status
    package var amounts: Amounts
    /// The gateway's time of the status that was applied.
    package var gatewayTime: Timestamp?
    /// The gateway's time of the last known manual correction.
    package var correctedAt: Timestamp?
    /// Whether a callback is held until the gateway's answer.
    package var isHeld: Bool

    package init(
        status: Status = .nothingYet,
        amounts: Amounts = Amounts(),
        gatewayTime: Timestamp? = nil,
        correctedAt: Timestamp? = nil,
        isHeld: Bool = false
    ) {
        self.status = status
        self.amounts = amounts
        self.gatewayTime = gatewayTime
        self.correctedAt = correctedAt
        self.isHeld = isHeld
    }

    /// Judges new evidence and applies what the judgement accepts.
    package mutating func apply(_ evidence: Evidence) -> Judgement {
        let judgement = judge(evidence)
        switch judgement.effect {
        case .applied:
            status = evidence.status
            amounts = amounts.updated(by: evidence.amounts)
            gatewayTime =
                switch evidence.origin {
                case .callback: later(gatewayTime, evidence.gatewayTime)
                case .answer: evidence.gatewayTime ?? gatewayTime
                }
        case .unchanged:
            amounts = amounts.updated(by: evidence.amounts)
            gatewayTime = later(gatewayTime, evidence.gatewayTime)
        case .held:
            isHeld = true
        case .late, .unrecognised, .undecodable:
            break
        }
        if judgement.resolvesHeld { isHeld = false }
        return judgement
    }

    private func later(_ known: Timestamp?, _ said: Timestamp?) -> Timestamp? {
        guard let known, let said else { return known ?? said }
        return max(known, said)
    }
}

extension TrackedStatus {
    /// Decides which evidence wins: the table in docs/evidence-rules.md, row by row; the first row that matches
    /// decides.
    package func judge(_ evidence: Evidence) -> Judgement {
        switch evidence.origin {
        case .callback:
            var judgement = judgeCallback(evidence)
            if isLevelButDifferentFinal(evidence) { judgement.pollsAtOnce = true }
            return judgement
        case .answer(let overtaken):
            return judgeAnswer(evidence, overtaken: overtaken)
        }
    }

    private func judgeCallback(_ evidence: Evidence) -> Judgement {
        let now = status.state
        let said = evidence.status.state
        let order = self.order(of: evidence)
        if let early = judgeWord(evidence, pollsAtOnce: true) { return early }
        if order == .older {
            let pollsAtOnce =
                (said.isFinal && !now.isFinal)
                || ((said == .succeeded || said.isMoneyBack) && now.isUnpaidEnd)
                || (said.isMoneyBack && now == .succeeded)
            return Judgement(.late, row: 4, pollsAtOnce: pollsAtOnce)
        }
        if evidence.isManualCorrection { return Judgement(.applied, row: 5, anomaly: .manualCorrection) }
        if evidence.isRequestError { return Judgement(.held, row: 6, pollsAtOnce: true) }
        if isAboutOperation(evidence) { return Judgement(.unchanged, row: 6) }
        if !said.isFinal, now.isFinal, order == .level {
            let timeIsMissing = gatewayTime == nil || evidence.gatewayTime == nil
            return Judgement(.late, row: 7, pollsAtOnce: timeIsMissing || now == .failed || now == .expired)
        }
        if let applied = judgeForward(evidence) { return applied }
        return Judgement(.held, row: 12, anomaly: .regression, pollsAtOnce: true)
    }

    private func judgeAnswer(_ evidence: Evidence, overtaken: Bool) -> Judgement {
        var judgement: Judgement
        let early = judgeWord(evidence, pollsAtOnce: false)
        if overtaken, status.word != nil, early == nil || early?.effect == .applied {
            judgement = Judgement(.late, row: 0, pollsAtOnce: order(of: evidence) != .older)
        } else if let early {
            judgement = early
        } else if evidence.isManualCorrection {
            judgement = Judgement(.applied, row: 5, anomaly: .manualCorrection)
        } else if evidence.isRequestError {
            judgement = Judgement(.unrecognised, row: 6)
        } else if isAboutOperation(evidence) {
            judgement = Judgement(.unchanged, row: 6)
        } else {
            judgement = judgeForward(evidence) ?? Judgement(.applied, row: 11)
        }
        judgement.resolvesHeld = !overtaken && judgement.effect.isUsableAnswer
        return judgement
    }

    /// Rows 1 to 3: the first word, an unknown word, the word that is already known.
    private func judgeWord(_ evidence: Evidence, pollsAtOnce: Bool) -> Judgement? {
        let unknownWord: AnomalyKind? = evidence.status.isUnknownWord ? .unknownStatus : nil
        if status.word == nil {
            return Judgement(
                .applied,
                row: 1,
                anomaly: unknownWord,
                pollsAtOnce: pollsAtOnce && evidence.isRequestError
            )
        }
        let saysTheSame = evidence.status.word == status.word && amounts.agrees(with: evidence.amounts)
        if let unknownWord, !(saysTheSame && status.state == .unknown) {
            guard status.state != .unknown else { return Judgement(.applied, row: 2, anomaly: unknownWord) }
            return Judgement(
                .unrecognised,
                row: 2,
                anomaly: unknownWord,
                pollsAtOnce: pollsAtOnce && status.state.isFinal
            )
        }
        return saysTheSame ? Judgement(.unchanged, row: 3) : nil
    }

    /// Row 6b: a word such as `processing` during a refund, a reversal or a capture says nothing about a payment that
    /// was paid.
    private func isAboutOperation(_ evidence: Evidence) -> Bool {
        evidence.isOfOperation && !evidence.status.state.isFinal && status.state.wasPaid
    }

    /// Rows 8 to 10: the steps that a payment takes by itself.
    private func judgeForward(_ evidence: Evidence) -> Judgement? {
        let now = status.state
        let said = evidence.status.state
        if !now.isFinal { return Judgement(.applied, row: 8) }
        if now.isUnpaidEnd, said == .succeeded || said == .authorized || said.isMoneyBack {
            return Judgement(.applied, row: 9, anomaly: .lateSuccess)
        }
        let isFurther =
            switch now {
            case .succeeded:
                said == .partiallyRefunded || said == .refunded || said == .chargedBack || said == .cancelled
            case .partiallyRefunded: said == .refunded || said == .chargedBack || said == .cancelled
            case .refunded: said == .chargedBack
            case .pending, .authorized, .failed, .cancelled, .expired, .chargedBack, .unknown: false
            }
        return isFurther || said == now ? Judgement(.applied, row: 10) : nil
    }

    private enum Order {
        case older, level, newer
    }

    /// *Older* and *newer* mean more than one second apart with both times known: ecommpay's dates have whole seconds,
    /// and copies of one callback differ by one.
    private func order(of evidence: Evidence) -> Order {
        guard let known = gatewayTime, let said = evidence.gatewayTime else { return .level }
        if said + .seconds(1) < known { return .older }
        return known + .seconds(1) < said ? .newer : .level
    }

    private func isLevelButDifferentFinal(_ evidence: Evidence) -> Bool {
        status.word != nil && status.state.isFinal && evidence.status.state.isFinal
            && status.state != evidence.status.state && order(of: evidence) == .level
    }
}

extension Effect {
    /// Whether an answer with this effect serves a poll request (docs/reconciliation.md).
    package var isUsableAnswer: Bool {
        switch self {
        case .applied, .unchanged, .late: true
        case .held, .unrecognised, .undecodable: false
        }
    }
}
