import Payments

extension LedgerTransaction {
    /// Records the result of a poll: judges it against everything that has happened since the poll was sent, plans the
    /// next poll, and keeps the answer as evidence.
    mutating func record(_ answer: PollRecord) throws -> PollOutcome {
        var answer = answer
        answer.recordedAt = inOrder(answer.recordedAt)
        let poll = answer.poll
        let account = try accounts.row(of: poll.account)
        let number = try knownNumber ?? PollRows.nextID(in: statements)
        let context = context(.poll, number, at: answer.recordedAt, of: account)
        var effect = RecordedEffect(effect: .unrecognised)
        if case .report(let report) = answer.result {
            let row = try PaymentRows.row(of: poll, in: statements)
            let isOvertaken = try PollRows.isOvertaken(poll, on: row, in: context)
            effect = try record(report, by: .answer(about: poll.entity, isOvertaken: isOvertaken), in: context)
        }
        if effect.effect == .undecodable { answer = answer.asUndecodable(Payment.tooManyOperations) }
        let outcome = PollOutcome(answer.result, effect, about: poll.entity)
        // The answer may have shown that what was taken for a root is a child of another payment.
        let row = try PaymentRows.row(of: poll, in: statements)
        let isFatal = try answer.result == .interrupted && PollRows.isInterrupted(poll, on: row, in: statements)
        try SentPollRows.end(poll, of: account, in: statements)
        try PollRows.count(answer, outcome, on: row, in: statements)
        try plan(after: answer, outcome, isFatal: isFatal, on: row, in: context)
        try PollRows.insert(answer, outcome, effect, on: row, after: lastCallback, in: context)
        return outcome
    }

    /// Plans the next poll, and opens or resolves the anomalies that unbelievable answers give rise to.
    private mutating func plan(
        after answer: PollRecord,
        _ outcome: PollOutcome,
        isFatal: Bool,
        on row: EntityRow,
        in context: RecordContext
    ) throws {
        let result = PollResult(
            outcome: outcome,
            requestedAt: answer.poll.requestedAt,
            pause: answer.pause,
            detail: answer.detail,
            isFatal: isFatal
        )
        let (account, now) = (context.account, context.evidence.at)
        switch row {
        case .payment(let id):
            guard var stored = try PaymentRows.read(id, of: account, in: statements) else { return }
            let consequences = stored.payment.apply(result, schedule: schedule, at: now)
            try save(&stored, consequences, in: context)
        case .operation(let operation, let payment):
            guard var stored = try PaymentRows.holder(of: operation, read: payment, of: account, in: statements) else {
                return
            }
            let consequences = stored.payment.apply(result, operation: operation, schedule: schedule, at: now)
            try save(&stored, consequences, in: context)
        case .checkout:
            var stored = try CheckoutRows.find(answer.poll.entity.id, of: account, in: statements)
            let consequences = stored.checkout.apply(result, schedule: schedule, at: now)
            _ = try save(&stored, consequences, in: context)
        case .subscription:
            var stored = try SubscriptionRows.find(answer.poll.entity.id, of: account, in: statements)
            let consequences = stored.subscription.apply(result, schedule: schedule, at: now)
            _ = try save(&stored, consequences, in: context)
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
