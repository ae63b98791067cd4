import Payments

extension LedgerTransaction {
    /// Records how attempts to pass callbacks on ended.
    mutating func record(_ results: [ForwardResult], to target: DeliveryTarget.ID) throws {
        guard let row = try TargetRows.row(of: target, in: statements) else { return }
        for result in results {
            try ForwardRows.record(result, in: statements)
            if case .gaveUp = result.outcome { try raiseAlarm(onForward: result.forward, at: result.at) }
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
        case .failed(_, _, _, .delivered, _): preconditionFailure("a delivery is no failure")
        case .failed(let after, let seq, let attempts, let outcome, let time):
            // It says nothing of the event behind a cursor that a person has moved meanwhile, or has ordered anew.
            let isCurrent = try statements.number(
                "SELECT cursor_seq = ? AND attempts = ? FROM target WHERE id = ?",
                [after, attempts, row]
            )
            guard isCurrent == 1 else { return }
            try fail(row, outcome, at: time)
            if case .gaveUp = outcome {
                try statements.execute("UPDATE target SET gave_up_seq = ? WHERE id = ?", [seq, row])
                try raiseAlarm(onTransition: seq, at: time)
            }
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

    private func raiseAlarm(onForward id: Int64, at time: Timestamp) throws {
        let found = try statements.row(
            """
            SELECT account.id, folded, callback.id, coalesce(merged_into, payment.id) FROM forward
            JOIN callback ON callback.id = forward.callback JOIN account ON account.id = callback.account
            LEFT JOIN payment ON payment.id = callback.payment
            WHERE forward.id = ? AND forward.state = 'gave_up'
            """,
            [id]
        )
        guard let row = found else { return }
        let (callback, payment): (Int64, Int64?) = (row[2], row[3])
        try raiseAlarm(
            on: UndeliveredThings(payment: payment, callback: callback),
            in: context(.callback, callback, at: time, of: AccountRow(id: row[0], isFolded: row[1]))
        )
    }

    private func raiseAlarm(onTransition seq: Int64, at time: Timestamp) throws {
        let found = try statements.row(
            """
            SELECT account.id, folded, coalesce(merged_into, payment.id), transition.source, evidence FROM transition
            JOIN account ON account.id = transition.account JOIN payment ON payment.id = transition.payment
            WHERE seq = ?
            """,
            [seq]
        )
        guard let row = found, let source = EvidenceID.Source(rawValue: row[3]) else { return }
        try raiseAlarm(
            on: UndeliveredThings(payment: row[2], callback: nil),
            in: context(source, row[4], at: time, of: AccountRow(id: row[0], isFolded: row[1]))
        )
    }

    /// A payment has one alarm, which names everything that was given up.
    private func raiseAlarm(on things: UndeliveredThings, in context: RecordContext) throws {
        guard let detail = try things.detail(in: statements) else { return }
        let anomaly = Anomaly(kind: .undelivered, detail: detail)
        try AnomalyRows.open(anomaly, on: things.payment.map { .payment($0) }, in: context)
    }

    /// Closes the alarm of a payment, or of a callback without one, unless something else of it is still given up.
    func closeAlarm(of things: UndeliveredThings, _ resolution: String, at now: Timestamp) throws {
        guard try things.detail(in: statements) == nil else { return }
        try statements.execute(
            """
            UPDATE anomaly SET closed_at = ?, resolution = ?
            WHERE payment = ? AND kind = 'undelivered' AND closed_at IS NULL
            """,
            [now.milliseconds, resolution, things.payment]
        )
        try statements.execute(
            """
            UPDATE anomaly SET closed_at = ?, resolution = ?
            WHERE callback = ? AND kind = 'undelivered' AND closed_at IS NULL AND payment IS NULL AND checkout IS NULL
            """,
            [now.milliseconds, resolution, things.callback]
        )
    }
}

/// What of a payment, or of a callback without one, targets have not accepted until it was given up.
struct UndeliveredThings: Hashable {
    /// What a person gave up is no alarm.
    static let givenUpByPerson = "given up by a person"

    let payment: Int64?
    let callback: Int64?

    /// All of it, in words; `nil` if there is nothing.
    func detail(in statements: any Statements) throws -> String? {
        let parts = try forwards(in: statements) + notifications(in: statements)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private func forwards(in statements: any Statements) throws -> [String] {
        let rows =
            if let payment {
                try statements.rows(
                    """
                    SELECT forward.callback, target.name, forward.attempts, forward.last_error FROM target
                    JOIN forward ON forward.target = target.id
                    WHERE forward.payment = ? AND forward.state = 'gave_up' AND target.kind = 'forward'
                    ORDER BY forward.id LIMIT 10
                    """,
                    [payment]
                )
            } else {
                try statements.rows(
                    """
                    SELECT forward.callback, target.name, forward.attempts, forward.last_error FROM forward
                    JOIN target ON target.id = forward.target
                    WHERE forward.callback = ? AND forward.state = 'gave_up' ORDER BY forward.id LIMIT 10
                    """,
                    [callback]
                )
            }
        return rows.compactMap { row in
            let (number, name, attempts, error): (Int64, String, Int64, String?) = (row[0], row[1], row[2], row[3])
            guard error != Self.givenUpByPerson else { return nil }
            return "callback:\(number) could not be passed on to \(name) in \(attempts) attempts: \(error ?? "")"
        }
    }

    private func notifications(in statements: any Statements) throws -> [String] {
        guard let payment else { return [] }
        let rows = try statements.rows(
            """
            SELECT target.name, gave_up_seq, last_error FROM target
            JOIN transition ON transition.seq = gave_up_seq JOIN payment ON payment.id = transition.payment
            WHERE gave_up_at IS NOT NULL AND coalesce(merged_into, payment.id) = ? ORDER BY target.id
            """,
            [payment]
        )
        return rows.map { row in
            let (name, seq, error): (String, Int64, String?) = (row[0], row[1], row[2])
            return "\(name) was not told of transition \(seq), and of none after it: \(error ?? "")"
        }
    }
}
