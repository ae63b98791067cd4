import Payments

/// The rows of polls and their answers.
enum PollRows {
    static func nextID(in statements: any Statements) throws -> Int64 {
        try statements.number("SELECT coalesce(max(id), 0) + 1 FROM poll") ?? 1
    }

    static func insert(
        _ answer: PollRecord,
        _ outcome: PollOutcome,
        _ effect: RecordedEffect,
        on row: EntityRow,
        after lastCallback: Int64,
        in context: RecordContext
    ) throws {
        let poll = answer.poll
        let kept = try RetainedAnswer(answer, outcome, on: row, in: context.statements)
        try context.statements.execute(
            """
            INSERT INTO poll (id, account, payment, operation_id, checkout, subscription, asked_at, answered_at,
                              http_status, outcome, rule, body, status, endpoint, detail,
                              after_callback, recorded_at, asked_entity, asked_id, mark, wish, pause, interrupted, size,
                              digest, kept_bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                context.evidence.number, context.account.id, row.payment ?? effect.payment, row.operationID,
                row.checkout, row.subscription, answer.askedAt.milliseconds, answer.answeredAt?.milliseconds,
                answer.httpStatus, outcome.rawValue, effect.row, kept.body, effect.status, answer.endpoint,
                answer.detail, lastCallback, answer.recordedAt.milliseconds, poll.entity.kind, poll.entity.id,
                poll.lastCallback, poll.requestedAt?.milliseconds, answer.pause.wholeMilliseconds,
                answer.result == .interrupted, kept.size, kept.digest, kept.keptBytes,
            ]
        )
        if kept.keptBytes != nil { try RetainedAnswer.dropOldest(in: context.statements) }
    }

    /// Counts the poll on the polled entity, and stores which endpoint knew it.
    static func count(
        _ answer: PollRecord,
        _ outcome: PollOutcome,
        on row: EntityRow,
        in statements: any Statements
    ) throws {
        if let payment = row.payment {
            try statements.execute(
                "UPDATE payment SET polls = polls + 1, last_poll_at = ?, last_poll_outcome = ? WHERE id = ?",
                [answer.askedAt.milliseconds, outcome.rawValue, payment]
            )
        }
        guard outcome.isReadable, let knowing = answer.endpoint else { return }
        switch row {
        case .payment(let id):
            try statements.execute(
                "UPDATE payment SET endpoint = ?1 WHERE id = ?2 AND endpoint IS DISTINCT FROM ?1",
                [knowing, id]
            )
        case .operation(let id, let payment):
            try statements.execute(
                """
                UPDATE operation SET endpoint = ?1
                WHERE payment = ?2 AND operation_id = ?3 AND endpoint IS DISTINCT FROM ?1
                """,
                [knowing, payment, id]
            )
        case .checkout, .subscription: break
        }
    }

    /// Whether a callback that was not late has arrived since the poll was sent.
    ///
    /// If the gateway reports only transactions, each has a tracked status of its own, and so has the payment's root.
    static func isOvertaken(_ poll: DuePoll, on row: EntityRow, in context: RecordContext) throws -> Bool {
        let root = context.account.isFolded ? poll.entity.id : nil
        let count =
            switch row {
            case .payment(let payment):
                try context.statements.number(
                    """
                    SELECT EXISTS (SELECT 1 FROM callback WHERE payment = ?1 AND id > ?2 AND effect <> 'late'
                                   AND (operation_id = ?3 OR ?3 IS NULL))
                    """,
                    [payment, poll.lastCallback, root]
                )
            case .operation(let id, let payment):
                try context.statements.number(
                    """
                    SELECT EXISTS (SELECT 1 FROM callback WHERE payment = ? AND id > ? AND effect <> 'late'
                                   AND operation_id = ?)
                    """,
                    [payment, poll.lastCallback, id]
                )
            case .checkout(let checkout):
                try context.statements.number(
                    "SELECT EXISTS (SELECT 1 FROM callback WHERE checkout = ? AND id > ? AND effect <> 'late')",
                    [checkout, poll.lastCallback]
                )
            case .subscription(let subscription):
                try context.statements.number(
                    "SELECT EXISTS (SELECT 1 FROM callback WHERE subscription = ? AND id > ? AND effect <> 'late')",
                    [subscription, poll.lastCallback]
                )
            }
        return count == 1
    }

    /// Whether the process ended during the last recorded poll of the same entity.
    static func isInterrupted(_ poll: DuePoll, on row: EntityRow, in statements: any Statements) throws -> Bool {
        let last =
            switch row {
            case .payment(let payment), .operation(_, let payment):
                try statements.number(
                    "SELECT interrupted FROM poll WHERE payment = ? AND asked_id = ? ORDER BY id DESC LIMIT 1",
                    [payment, poll.entity.id]
                )
            case .checkout(let checkout):
                try statements.number(
                    "SELECT interrupted FROM poll WHERE checkout = ? ORDER BY id DESC LIMIT 1",
                    [checkout]
                )
            case .subscription(let subscription):
                try statements.number(
                    "SELECT interrupted FROM poll WHERE subscription = ? ORDER BY id DESC LIMIT 1",
                    [subscription]
                )
            }
        return last == 1
    }

    /// Whether nothing was ever reported of an entity except, again and again, that it is not known: an abandoned cart
    /// that was watched, a payment whose form was left (an `error` without any operation), or a subscription's renewal
    /// that no endpoint knows.
    static func isAbandoned(_ row: EntityRow, in statements: any Statements) throws -> Bool {
        switch row {
        case .payment(let id), .operation(_, let id):
            try statements.number(
                """
                SELECT NOT EXISTS (SELECT 1 FROM operation WHERE payment = ?1)
                   AND (EXISTS (SELECT 1 FROM instruction WHERE payment = ?1 AND command = 'watch')
                        OR EXISTS (SELECT 1 FROM callback WHERE payment = ?1))
                   AND NOT EXISTS (SELECT 1 FROM callback WHERE payment = ?1 AND subscription IS NULL
                                   AND coalesce(status, '') <> 'error')
                   AND NOT EXISTS (SELECT 1 FROM poll WHERE payment = ?1
                                   AND outcome NOT IN ('not_found', 'unavailable', 'rate_limited'))
                """,
                [id]
            ) == 1
        case .checkout(let id):
            try statements.number(
                """
                SELECT NOT EXISTS (SELECT 1 FROM callback WHERE checkout = ?1)
                   AND EXISTS (SELECT 1 FROM instruction WHERE checkout = ?1 AND command = 'watch')
                   AND NOT EXISTS (SELECT 1 FROM poll WHERE checkout = ?1
                                   AND outcome NOT IN ('not_found', 'unavailable', 'rate_limited'))
                """,
                [id]
            ) == 1
        case .subscription: false
        }
    }
}
