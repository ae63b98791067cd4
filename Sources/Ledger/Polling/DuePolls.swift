import Payments

/// Finds due polls, read-only: an indexed search, however many are overdue. Requested polls go first.
struct DuePolls: Sendable {
    let reader: any StoreReader

    /// The next poll for an account, excluding those in progress.
    ///
    /// - Parameter isProbe: whether the poll that has waited longest goes first. Otherwise only requested polls would
    ///   ever probe a failing gateway, though the failure may concern those alone.
    func next(
        of account: String,
        besides inFlight: Set<DuePoll.ID>,
        isProbe: Bool,
        at now: Timestamp
    ) async throws -> NextPoll {
        try await reader.readAside { statements in
            let rows = try statements.rows(Self.due, [account, now.milliseconds, inFlight.count + 1, isProbe])
            for row in rows {
                let poll = try DuePoll(row, of: account, in: statements)
                if !inFlight.contains(poll.id) { return .poll(poll) }
            }
            return .nothing(
                until: Timestamp(stored: try statements.number(Self.following, [account, now.milliseconds]))
            )
        }
    }

    private static let due: StaticString = """
        WITH asked (id) AS (SELECT id FROM account WHERE name = ?1)
        SELECT kind, row, operation, entity_id, method, endpoint, wished_at FROM (
            SELECT * FROM (
                SELECT 0 AS rank, 'payment' AS kind, id AS row, NULL AS operation, payment_id AS entity_id, method,
                       endpoint, wished_at, next_poll_at
                FROM payment WHERE account = (SELECT id FROM asked) AND wished_at IS NOT NULL AND next_poll_at <= ?2
                ORDER BY next_poll_at, id LIMIT ?3) AS due_1
            UNION ALL SELECT * FROM (
                SELECT 0, 'operation', payment, operation_id, operation_id, NULL, endpoint, wished_at, next_poll_at
                FROM operation WHERE account = (SELECT id FROM asked) AND wished_at IS NOT NULL AND next_poll_at <= ?2
                ORDER BY next_poll_at, payment, operation_id LIMIT ?3) AS due_2
            UNION ALL SELECT * FROM (
                SELECT 0, 'checkout', id, NULL, token, NULL, NULL, wished_at, next_poll_at
                FROM checkout WHERE account = (SELECT id FROM asked) AND wished_at IS NOT NULL AND next_poll_at <= ?2
                ORDER BY next_poll_at, id LIMIT ?3) AS due_3
            UNION ALL SELECT * FROM (
                SELECT 0, 'subscription', id, NULL, subscription_id, NULL, NULL, wished_at, next_poll_at
                FROM subscription WHERE account = (SELECT id FROM asked) AND next_poll_at <= ?2
                ORDER BY next_poll_at, id LIMIT ?3) AS due_4
            UNION ALL SELECT * FROM (
                SELECT 1, 'payment', id, NULL, payment_id, method, endpoint, wished_at, next_poll_at
                FROM payment WHERE account = (SELECT id FROM asked) AND next_poll_at <= ?2
                ORDER BY next_poll_at, id LIMIT ?3) AS due_5
            UNION ALL SELECT * FROM (
                SELECT 1, 'operation', payment, operation_id, operation_id, NULL, endpoint, wished_at, next_poll_at
                FROM operation WHERE account = (SELECT id FROM asked) AND next_poll_at <= ?2
                ORDER BY next_poll_at, payment, operation_id LIMIT ?3) AS due_6
            UNION ALL SELECT * FROM (
                SELECT 1, 'checkout', id, NULL, token, NULL, NULL, wished_at, next_poll_at
                FROM checkout WHERE account = (SELECT id FROM asked) AND next_poll_at <= ?2
                ORDER BY next_poll_at, id LIMIT ?3) AS due_7
        ) AS due ORDER BY CASE WHEN ?4 = 1 THEN 0 ELSE rank END, next_poll_at, kind, row, entity_id
        """

    private static let following: StaticString = """
        WITH asked (id) AS (SELECT id FROM account WHERE name = ?1)
        SELECT min(next_poll_at) FROM (
            SELECT min(next_poll_at) AS next_poll_at FROM payment
            WHERE account = (SELECT id FROM asked) AND next_poll_at > ?2
            UNION ALL SELECT min(next_poll_at) FROM operation
            WHERE account = (SELECT id FROM asked) AND next_poll_at > ?2
            UNION ALL SELECT min(next_poll_at) FROM checkout
            WHERE account = (SELECT id FROM asked) AND next_poll_at > ?2
            UNION ALL SELECT min(next_poll_at) FROM subscription
            WHERE account = (SELECT id FROM asked) AND next_poll_at > ?2) AS next
        """
}

extension DuePoll {
    fileprivate init(_ row: Row, of account: String, in statements: any Statements) throws {
        guard let entity = Entity(kind: row[0], id: row[3]) else {
            throw DamagedRow(description: "a poll is due for something that does not exist")
        }
        self.account = account
        self.entity = entity
        self.row = EntityRow(of: entity, number: row[1])
        method = row[4]
        endpoint = row[5]
        requestedAt = Timestamp(stored: row[6])
        lastCallback = try statements.number("SELECT coalesce(max(id), 0) FROM callback") ?? 0
    }
}
