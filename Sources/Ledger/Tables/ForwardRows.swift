import Payments

/// The callbacks that are passed on, a row for each target. Of those of one payment to one target only the first that waits
/// has a time for its next attempt, so that what is due is found by one index.
enum ForwardRows {
    static let insertion: StaticString = """
        INSERT INTO forward (target, callback, payment, state, attempts, created_at, next_attempt_at)
        VALUES (?1, ?2, ?3, 'waiting', 0, ?4,
                CASE WHEN ?5 = 0 AND EXISTS (SELECT 1 FROM forward WHERE target = ?1 AND payment = ?3 AND state = 'waiting')
                     THEN NULL ELSE ?4 END)
        """

    static let waking: StaticString = """
        UPDATE forward SET next_attempt_at = CASE WHEN next_attempt_at > ?1 THEN ?1 ELSE next_attempt_at END
        WHERE callback = ?2 AND next_attempt_at IS NOT NULL
        """

    /// - Parameter isFirst: whether the payment is new, so that nothing of it waits.
    static func insert(
        callback: Int64,
        of payment: Int64?,
        isFirst: Bool,
        to target: Int64,
        at now: Timestamp,
        in statements: any Statements
    ) throws {
        try statements.execute(insertion) {
            target
            callback
            payment
            now.milliseconds
            isFirst ? 1 : 0
        }
    }

    // MARK: After an attempt

    /// Stores how an attempt ended, unless a person has ordered the callback again since it was sent.
    static func record(_ result: ForwardResult, in statements: any Statements) throws {
        switch result.outcome {
        case .delivered(let status):
            try statements.execute(
                """
                UPDATE forward SET state = 'delivered', attempts = attempts + 1, next_attempt_at = NULL, last_status = ?,
                    last_error = NULL, delivered_at = ?
                WHERE id = ? AND generation = ?
                """,
                [status, result.at.milliseconds, result.forward, result.generation]
            )
        case .failed(let status, let error, let nextAttemptAt):
            // One that was ordered behind an earlier callback of its payment while it was sent still waits for that.
            try statements.execute(
                """
                UPDATE forward SET attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, ?),
                    next_attempt_at = CASE WHEN next_attempt_at IS NOT NULL THEN CAST(? AS bigint) END,
                    last_status = ?, last_error = ?
                WHERE id = ? AND generation = ? AND state = 'waiting'
                """,
                [
                    result.at.milliseconds, nextAttemptAt.milliseconds, status, error, result.forward,
                    result.generation,
                ]
            )
            return
        case .gaveUp(let status, let error):
            try statements.execute(
                """
                UPDATE forward SET state = 'gave_up', attempts = attempts + 1, next_attempt_at = NULL, last_status = ?,
                    last_error = ?
                WHERE id = ? AND generation = ? AND state = 'waiting'
                """,
                [status, error, result.forward, result.generation]
            )
        }
        try release(after: result.forward, at: result.at, in: statements)
    }

    /// Gives up a callback that waits, without another attempt.
    static func drop(_ id: Int64, because reason: String, at now: Timestamp, in statements: any Statements) throws {
        try statements.execute(
            "UPDATE forward SET state = 'gave_up', next_attempt_at = NULL, last_error = ? WHERE id = ? AND state = 'waiting'",
            [reason, id]
        )
        try release(after: id, at: now, in: statements)
    }

    /// Makes the next callback of the same payment due.
    private static func release(after id: Int64, at now: Timestamp, in statements: any Statements) throws {
        try statements.execute(
            """
            UPDATE forward SET next_attempt_at = ?1
            WHERE state = 'waiting' AND next_attempt_at IS NULL AND id = (
                SELECT min(later.id) FROM forward AS done
                JOIN forward AS later ON later.target = done.target AND later.payment = done.payment
                WHERE done.id = ?2 AND later.state = 'waiting')
            """,
            [now.milliseconds, id]
        )
    }

    // MARK: By order

    /// Has a callback sent again to a target, or for the first time; ``order(of:to:at:in:)`` makes it due.
    static func reset(
        callback: Int64,
        of payment: Int64?,
        to target: Int64,
        at now: Timestamp,
        in statements: any Statements
    ) throws {
        try statements.execute(
            """
            INSERT INTO forward (target, callback, payment, state, attempts, created_at) VALUES (?, ?, ?, 'waiting', 0, ?)
            ON CONFLICT (callback, target) DO UPDATE SET
                state = 'waiting', first_attempt_at = NULL, next_attempt_at = NULL, payment = excluded.payment,
                delivered_at = NULL, generation = forward.generation + 1
            """,
            [target, callback, payment, now.milliseconds]
        )
    }

    /// Makes the first waiting callback of a payment due, and has the others wait for it.
    static func order(of payment: Int64, to target: Int64, at now: Timestamp, in statements: any Statements) throws {
        try statements.execute(
            """
            UPDATE forward SET next_attempt_at = CASE
                WHEN id = (SELECT min(id) FROM forward WHERE target = ?1 AND payment = ?2 AND state = 'waiting')
                THEN CAST(?3 AS bigint) END
            WHERE target = ?1 AND payment = ?2 AND state = 'waiting'
            """,
            [target, payment, now.milliseconds]
        )
    }

    /// Makes a waiting callback that belongs to no payment due.
    static func makeDue(callback: Int64, to target: Int64, at now: Timestamp, in statements: any Statements) throws {
        try statements.execute(
            "UPDATE forward SET next_attempt_at = ? WHERE callback = ? AND target = ? AND state = 'waiting'",
            [now.milliseconds, callback, target]
        )
    }

    // MARK: Merged payments

    /// A payment turned out to be an operation of another: their callbacks keep one order from now on.
    static func move(from merged: Int64, to payment: Int64, at now: Timestamp, in statements: any Statements) throws {
        let targets = try statements.rows("SELECT id FROM target WHERE kind = 'forward'")
        for row in targets {
            let target: Int64 = row[0]
            let waits = try statements.number(
                "SELECT EXISTS (SELECT 1 FROM forward WHERE target = ? AND payment = ? AND state = 'waiting')",
                [target, merged]
            )
            guard waits == 1 else { continue }
            try statements.execute(
                "UPDATE forward SET payment = ? WHERE target = ? AND payment = ? AND state = 'waiting'",
                [payment, target, merged]
            )
            try order(of: payment, to: target, at: now, in: statements)
        }
    }
}
