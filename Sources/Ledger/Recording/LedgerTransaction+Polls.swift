import GRDB
import Payments

extension LedgerTransaction {
    /// Records the result of a poll: judges it against everything that has happened since the poll was sent, plans the
    /// next poll, and keeps the answer as evidence.
    mutating func record(_ answer: PollRecord) throws -> PollOutcome {
        var answer = answer
        let poll = answer.poll
        let account = try accounts.row(of: poll.account)
        let number = try knownNumber ?? PollRows.nextID(in: statements)
        let evidence = EvidenceID(source: .poll, number: number, at: answer.recordedAt)
        var effect = RecordedEffect(effect: .unrecognised)
        if case .report(let report) = answer.result {
            let place = try PaymentRows.place(of: poll, in: statements)
            let isOvertaken = try PollRows.isOvertaken(poll, at: place, of: account, in: statements)
            effect = try record(
                report,
                of: account,
                by: .answer(about: poll.entity, isOvertaken: isOvertaken),
                evidence
            )
        }
        if effect.effect == .undecodable { answer = answer.asUndecodable(Payment.tooManyOperations) }
        let outcome = PollOutcome(answer.result, effect, about: poll.entity)
        // The answer may have shown that what was taken for a root is a child of another payment.
        let place = try PaymentRows.place(of: poll, in: statements)
        let isFatal = try answer.result == .interrupted && PollRows.isInterrupted(poll, at: place, in: statements)
        try SentPollRows.end(poll, of: account, in: statements)
        try PollRows.count(answer, outcome, at: place, in: statements)
        try plan(after: answer, outcome, isFatal: isFatal, at: place, of: account, evidence)
        try PollRows.insert(
            number,
            answer,
            outcome,
            effect,
            at: place,
            of: account,
            after: lastCallback,
            in: statements
        )
        return outcome
    }

    /// Plans the next poll, and opens or resolves the anomalies that unbelievable answers give rise to.
    private mutating func plan(
        after answer: PollRecord,
        _ outcome: PollOutcome,
        isFatal: Bool,
        at place: DuePoll.Place,
        of account: AccountRow,
        _ evidence: EvidenceID
    ) throws {
        let result = PollResult(
            outcome: outcome,
            requestedAt: answer.poll.requestedAt,
            pause: answer.pause,
            detail: answer.detail,
            isFatal: isFatal
        )
        let now = evidence.at
        switch place {
        case .payment(let id):
            guard var stored = try PaymentRows.read(id, of: account, in: statements) else { return }
            let consequences = stored.payment.apply(result, schedule: schedule, at: now)
            try save(&stored, consequences, of: account, evidence)
        case .operation(let operation, let payment):
            guard var stored = try PaymentRows.holder(of: operation, read: payment, of: account, in: statements) else {
                return
            }
            let consequences = stored.payment.apply(result, operation: operation, schedule: schedule, at: now)
            try save(&stored, consequences, of: account, evidence)
        case .checkout:
            var stored = try CheckoutRows.find(answer.poll.entity.id, of: account, in: statements)
            let consequences = stored.checkout.apply(result, schedule: schedule, at: now)
            _ = try save(&stored, consequences, of: account, evidence)
        case .subscription:
            var stored = try SubscriptionRows.find(answer.poll.entity.id, of: account, in: statements)
            let consequences = stored.subscription.apply(result, schedule: schedule, at: now)
            _ = try save(&stored, consequences, of: account, evidence)
        }
    }
}

extension PollOutcome {
    fileprivate init(_ result: StatusResult, _ effect: RecordedEffect, about entity: Entity) {
        self =
            switch result {
            case .report: PollOutcome(effect.effect(on: entity))
            case .notFound: .notFound
            case .unauthorized: .unauthorized
            case .rateLimited: .rateLimited
            case .unavailable, .interrupted: .unavailable
            case .undecodable: .undecodable
            case .foreign: .foreign
            }
    }
}

extension LedgerTransaction {
    /// Records that an account's gateway is not polled until `end`; `nil` means that it is polled again.
    func pause(_ name: String, until end: Timestamp?, reason: PollOutcome?) throws {
        let account = try accounts.row(of: name)
        try statements.execute(
            "UPDATE account SET paused_until = ?, pause_reason = ? WHERE id = ?",
            [end?.milliseconds, reason?.rawValue, account.id]
        )
    }
}
