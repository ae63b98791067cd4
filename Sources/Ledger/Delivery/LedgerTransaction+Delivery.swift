import Payments

extension LedgerTransaction {
    /// Records how attempts to pass callbacks on ended.
    mutating func record(_ results: [ForwardResult], to target: DeliveryTarget.ID) throws {
        guard let row = try TargetRows.row(of: target, in: statements) else { return }
        for result in results {
            switch result.outcome {
            case .delivered(let status):
                try ForwardRows.delivered(result.forward, status: status, at: result.at, in: statements)
            case .failed(let status, let error, let nextAttemptAt):
                try ForwardRows.failed(
                    result.forward,
                    status: status,
                    error: error,
                    nextAttemptAt: nextAttemptAt,
                    at: result.at,
                    in: statements
                )
            case .gaveUp(let status, let error):
                try ForwardRows.giveUp(
                    result.forward,
                    status: status,
                    error: error,
                    isAttempt: true,
                    at: result.at,
                    in: statements
                )
                try raiseAlarm(onForward: result.forward, to: target, error, at: result.at)
            }
        }
        if let last = results.last { try show(last.outcome, of: row, at: last.at) }
        // The next callbacks of the same payments may be due now.
        wakeDeliveries()
    }

    /// Records how far a target has been told.
    mutating func record(_ progress: NotifyProgress, of target: DeliveryTarget.ID) throws {
        guard let row = try TargetRows.row(of: target, in: statements) else { return }
        switch progress {
        case .delivered(let after, let seq, let status, let time):
            try advance(row, from: after, to: seq)
            try show(.delivered(status: status), of: row, at: time)
        case .passed(let after, let seq): try advance(row, from: after, to: seq)
        case .failed(_, _, .delivered, _): preconditionFailure("a delivery is no failure")
        case .failed(let after, let seq, let outcome, let time):
            // It says nothing of the event behind a cursor that a person has moved meanwhile.
            let cursor = try statements.number("SELECT cursor_seq FROM target WHERE id = ?", [row])
            guard cursor == after else { return }
            try fail(row, outcome, at: time)
            if case .gaveUp(_, let error) = outcome { try raiseAlarm(onTransition: seq, of: target, error, at: time) }
        }
    }

    /// A cursor that a person has moved meanwhile stays there: more may be sent again, and nothing is lost.
    private func advance(_ target: Int64, from cursor: Int64, to seq: Int64) throws {
        try statements.execute(
            """
            UPDATE target SET cursor_seq = ?1, attempts = 0, first_attempt_at = NULL, next_attempt_at = NULL
            WHERE id = ?2 AND cursor_seq = ?3 AND cursor_seq < ?1
            """,
            [seq, target, cursor]
        )
    }

    private func fail(_ target: Int64, _ outcome: DeliveryOutcome, at time: Timestamp) throws {
        let next: Timestamp?
        let hasGivenUp: Bool
        switch outcome {
        case .delivered: return
        case .failed(_, _, let nextAttemptAt): (next, hasGivenUp) = (nextAttemptAt, false)
        case .gaveUp: (next, hasGivenUp) = (nil, true)
        }
        try statements.execute(
            """
            UPDATE target SET attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, ?), next_attempt_at = ?,
                gave_up_at = ?
            WHERE id = ?
            """,
            [time.milliseconds, next?.milliseconds, hasGivenUp ? time.milliseconds : nil, target]
        )
        try show(outcome, of: target, at: time)
    }

    private func show(_ outcome: DeliveryOutcome, of target: Int64, at time: Timestamp) throws {
        switch outcome {
        case .delivered(let status):
            try statements.execute(
                "UPDATE target SET last_success_at = ?, last_status = ?, last_error = NULL WHERE id = ?",
                [time.milliseconds, status, target]
            )
        case .failed(let status, let error, _), .gaveUp(let status, let error):
            try statements.execute(
                "UPDATE target SET last_status = ?, last_error = ? WHERE id = ?",
                [status, error, target]
            )
        }
    }

    // MARK: Alarms

    private func raiseAlarm(
        onForward id: Int64,
        to target: DeliveryTarget.ID,
        _ error: String,
        at time: Timestamp
    ) throws {
        let found = try statements.row(
            """
            SELECT account.id, folded, callback.id, callback.payment, attempts FROM forward
            JOIN callback ON callback.id = forward.callback JOIN account ON account.id = callback.account
            WHERE forward.id = ? AND forward.state = 'gave_up'
            """,
            [id]
        )
        guard let row = found else { return }
        let (callback, payment, attempts): (Int64, Int64?, Int64) = (row[2], row[3], row[4])
        try AnomalyRows.open(
            Anomaly(
                kind: .undelivered,
                detail:
                    "callback:\(callback) could not be passed on to \(target.name) in \(attempts) attempts: \(error)"
            ),
            on: try payment.map { EntityRow.payment(try holder(of: $0)) },
            in: context(.callback, callback, at: time, of: AccountRow(id: row[0], isFolded: row[1]))
        )
    }

    private func raiseAlarm(
        onTransition seq: Int64,
        of target: DeliveryTarget.ID,
        _ error: String,
        at time: Timestamp
    ) throws {
        let found = try statements.row(
            """
            SELECT account.id, folded, payment, source, evidence FROM transition
            JOIN account ON account.id = transition.account WHERE seq = ?
            """,
            [seq]
        )
        guard let row = found, let payment = row[2] as Int64?, let source = EvidenceID.Source(rawValue: row[3]) else {
            return
        }
        try AnomalyRows.open(
            Anomaly(
                kind: .undelivered,
                detail: "\(target.name) was not told of transition \(seq), and of none after it: \(error)"
            ),
            on: .payment(try holder(of: payment)),
            in: context(source, row[4], at: time, of: AccountRow(id: row[0], isFolded: row[1]))
        )
    }

    /// The payment that holds it, if it turned out to be an operation.
    private func holder(of payment: Int64) throws -> Int64 {
        try statements.number("SELECT coalesce(merged_into, id) FROM payment WHERE id = ?", [payment]) ?? payment
    }

    /// Closes the alarms of what is delivered again.
    func closeAlarms(of payment: Int64?, callback: Int64?, _ resolution: String, at now: Timestamp) throws {
        try statements.execute(
            """
            UPDATE anomaly SET closed_at = ?, resolution = ?
            WHERE kind = 'undelivered' AND closed_at IS NULL AND (payment = ? OR callback = ?)
            """,
            [now.milliseconds, resolution, payment, callback]
        )
    }
}
