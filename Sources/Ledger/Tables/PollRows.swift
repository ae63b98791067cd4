import GRDB
import Payments

/// The rows of polls and their answers.
enum PollRows {
    static func nextID(in statements: StatementCache) throws -> Int64 {
        try statements.number("SELECT coalesce(max(id), 0) + 1 FROM poll") ?? 1
    }

    static func insert(
        _ id: Int64,
        _ answer: PollRecord,
        _ outcome: PollOutcome,
        _ effect: RecordedEffect,
        at place: DuePoll.Place,
        of account: AccountRow,
        after lastCallback: Int64,
        in statements: StatementCache
    ) throws {
        let poll = answer.poll
        let kept = try RetainedAnswer(answer, outcome, at: place, in: statements)
        try statements.execute(
            """
            INSERT INTO poll (id, account, payment, operation_id, checkout, subscription, asked_at, answered_at,
                              http_status, outcome, rule, body, status, endpoint, detail,
                              after_callback, recorded_at, asked_entity, asked_id, mark, wish, pause, interrupted, size,
                              digest, kept_bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, account.id, place.payment ?? effect.payment, place.operationID, place.checkout, place.subscription,
                answer.askedAt.milliseconds, answer.answeredAt?.milliseconds, answer.httpStatus, outcome.rawValue,
                effect.row, kept.body, effect.status, answer.endpoint, answer.detail,
                lastCallback, answer.recordedAt.milliseconds, poll.entity.kind, poll.entity.id, poll.lastCallback,
                poll.requestedAt?.milliseconds, answer.pause.wholeMilliseconds,
                answer.result == .interrupted,
                kept.size, kept.digest, kept.keptBytes,
            ]
        )
        if kept.keptBytes != nil { try RetainedAnswer.dropOldest(in: statements) }
    }

    /// Counts the poll on the polled entity, and stores which endpoint knew it.
    static func count(
        _ answer: PollRecord,
        _ outcome: PollOutcome,
        at place: DuePoll.Place,
        in statements: StatementCache
    ) throws {
        let knowing = outcome.isReadable ? answer.endpoint : nil
        if let payment = place.payment {
            try statements.execute(
                "UPDATE payment SET polls = polls + 1, last_poll_at = ?, last_poll_outcome = ? WHERE id = ?",
                [answer.askedAt.milliseconds, outcome.rawValue, payment]
            )
        }
        guard let knowing else { return }
        switch place {
        case .payment(let id):
            try statements.execute(
                "UPDATE payment SET endpoint = ? WHERE id = ? AND endpoint IS NOT ?",
                [knowing, id, knowing]
            )
        case .operation(let id, let payment):
            try statements.execute(
                "UPDATE operation SET endpoint = ? WHERE payment = ? AND operation_id = ? AND endpoint IS NOT ?",
                [knowing, payment, id, knowing]
            )
        case .checkout, .subscription: break
        }
    }

    /// Whether a callback that was not late has arrived since the poll was sent.
    static func isOvertaken(
        _ poll: DuePoll,
        at place: DuePoll.Place,
        of account: AccountRow,
        in statements: StatementCache
    ) throws -> Bool {
        let count =
            switch place {
            case .payment(let payment):
                try statements.number(
                    """
                    SELECT EXISTS (SELECT 1 FROM callback WHERE payment = ? AND id > ? AND effect <> 'late'
                                   AND (? IS NULL OR operation_id = ?))
                    """,
                    // If the gateway reports only transactions, each has a tracked status of its own, and so has the
                    // payment's root.
                    // root.
                    [
                        payment, poll.lastCallback, account.isFolded ? poll.entity.id : nil,
                        account.isFolded ? poll.entity.id : nil,
                    ]
                )
            case .operation(let id, let payment):
                try statements.number(
                    """
                    SELECT EXISTS (SELECT 1 FROM callback WHERE payment = ? AND id > ? AND effect <> 'late'
                                   AND operation_id = ?)
                    """,
                    [payment, poll.lastCallback, id]
                )
            case .checkout(let checkout):
                try statements.number(
                    "SELECT EXISTS (SELECT 1 FROM callback WHERE checkout = ? AND id > ? AND effect <> 'late')",
                    [checkout, poll.lastCallback]
                )
            case .subscription(let subscription):
                try statements.number(
                    "SELECT EXISTS (SELECT 1 FROM callback WHERE subscription = ? AND id > ? AND effect <> 'late')",
                    [subscription, poll.lastCallback]
                )
            }
        return count == 1
    }

    /// Whether the process ended during the last recorded poll of the same entity.
    static func isInterrupted(
        _ poll: DuePoll,
        at place: DuePoll.Place,
        in statements: StatementCache
    ) throws -> Bool {
        let last =
            switch place {
            case .payment(let row), .operation(_, let row):
                try statements.number(
                    "SELECT interrupted FROM poll WHERE payment = ? AND asked_id = ? ORDER BY id DESC LIMIT 1",
                    [row, poll.entity.id]
                )
            case .checkout(let row):
                try statements.number("SELECT interrupted FROM poll WHERE checkout = ? ORDER BY id DESC LIMIT 1", [row])
            case .subscription(let row):
                try statements.number(
                    "SELECT interrupted FROM poll WHERE subscription = ? ORDER BY id DESC LIMIT 1",
                    [row]
                )
            }
        return last == 1
    }

    /// Whether nothing was ever reported of a payment except, again and again, that it is not known: an abandoned cart,
    /// if it was watched or its form was left (an `error` without any operation), or a subscription's renewal that no
    /// endpoint knows.
    static func isAbandoned(payment id: Int64, in statements: StatementCache) throws -> Bool {
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
    }

    /// The same for a payment token.
    static func isAbandoned(checkout id: Int64, in statements: StatementCache) throws -> Bool {
        try statements.number(
            """
            SELECT NOT EXISTS (SELECT 1 FROM callback WHERE checkout = ?1)
               AND EXISTS (SELECT 1 FROM instruction WHERE checkout = ?1 AND command = 'watch')
               AND NOT EXISTS (SELECT 1 FROM poll WHERE checkout = ?1
                               AND outcome NOT IN ('not_found', 'unavailable', 'rate_limited'))
            """,
            [id]
        ) == 1
    }
}

extension DuePoll.Place {
    var payment: Int64? {
        switch self {
        case .payment(let id), .operation(_, let id): id
        case .checkout, .subscription: nil
        }
    }

    var operationID: String? {
        switch self {
        case .operation(let id, _): id
        case .payment, .checkout, .subscription: nil
        }
    }

    var checkout: Int64? {
        switch self {
        case .checkout(let id): id
        case .payment, .operation, .subscription: nil
        }
    }

    var subscription: Int64? {
        switch self {
        case .subscription(let id): id
        case .payment, .operation, .checkout: nil
        }
    }
}
