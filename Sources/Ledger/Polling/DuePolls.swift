import GRDB
import Payments

/// Finds due polls, read-only: an indexed search, however many are overdue. Requested polls go first.
struct DuePolls: Sendable {
    private let queue: DatabaseQueue

    init(at path: String) throws(LedgerError) {
        queue = try Connection.reading(at: path, label: "due")
    }

    /// Reads as any other program would, beside the writer.
    func read<Output: Sendable>(_ work: @escaping @Sendable (Database) throws -> Output) async throws -> Output {
        try await queue.read(work)
    }

    func close() throws {
        try queue.close()
    }

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
        try await queue.read { database in
            let arguments: StatementArguments = [account, now.milliseconds, inFlight.count + 1, isProbe]
            let rows = try Row.fetchCursor(database.cachedStatement(sql: Self.due), arguments: arguments)
            while let row = try rows.next() {
                let poll = try DuePoll(row, of: account, in: database)
                if !inFlight.contains(poll.id) { return .poll(poll) }
            }
            let next = try Int64.fetchOne(
                database.cachedStatement(sql: Self.following),
                arguments: [account, now.milliseconds]
            )
            return .nothing(until: Timestamp(stored: next))
        }
    }

    private static let due = """
        WITH asked (id) AS (SELECT id FROM account WHERE name = ?1)
        SELECT kind, row, operation, entity_id, method, endpoint, wished_at FROM (
            SELECT * FROM (
                SELECT 0 AS rank, 'payment' AS kind, id AS row, NULL AS operation, payment_id AS entity_id, method,
                       endpoint, wished_at, next_poll_at
                FROM payment WHERE account = (SELECT id FROM asked) AND wished_at IS NOT NULL AND next_poll_at <= ?2
                ORDER BY next_poll_at LIMIT ?3)
            UNION ALL SELECT * FROM (
                SELECT 0, 'operation', payment, operation_id, operation_id, NULL, endpoint, wished_at, next_poll_at
                FROM operation WHERE account = (SELECT id FROM asked) AND wished_at IS NOT NULL AND next_poll_at <= ?2
                ORDER BY next_poll_at LIMIT ?3)
            UNION ALL SELECT * FROM (
                SELECT 0, 'checkout', id, NULL, token, NULL, NULL, wished_at, next_poll_at
                FROM checkout WHERE account = (SELECT id FROM asked) AND wished_at IS NOT NULL AND next_poll_at <= ?2
                ORDER BY next_poll_at LIMIT ?3)
            UNION ALL SELECT * FROM (
                SELECT 0, 'subscription', id, NULL, subscription_id, NULL, NULL, wished_at, next_poll_at
                FROM subscription WHERE account = (SELECT id FROM asked) AND next_poll_at <= ?2
                ORDER BY next_poll_at LIMIT ?3)
            UNION ALL SELECT * FROM (
                SELECT 1, 'payment', id, NULL, payment_id, method, endpoint, wished_at, next_poll_at
                FROM payment WHERE account = (SELECT id FROM asked) AND next_poll_at <= ?2
                ORDER BY next_poll_at LIMIT ?3)
            UNION ALL SELECT * FROM (
                SELECT 1, 'operation', payment, operation_id, operation_id, NULL, endpoint, wished_at, next_poll_at
                FROM operation WHERE account = (SELECT id FROM asked) AND next_poll_at <= ?2
                ORDER BY next_poll_at LIMIT ?3)
            UNION ALL SELECT * FROM (
                SELECT 1, 'checkout', id, NULL, token, NULL, NULL, wished_at, next_poll_at
                FROM checkout WHERE account = (SELECT id FROM asked) AND next_poll_at <= ?2
                ORDER BY next_poll_at LIMIT ?3)
        ) ORDER BY iif(?4, 0, rank), next_poll_at
        """

    private static let following = """
        WITH asked (id) AS (SELECT id FROM account WHERE name = ?1)
        SELECT min(next_poll_at) FROM (
            SELECT min(next_poll_at) AS next_poll_at FROM payment
            WHERE account = (SELECT id FROM asked) AND next_poll_at > ?2
            UNION ALL SELECT min(next_poll_at) FROM operation
            WHERE account = (SELECT id FROM asked) AND next_poll_at > ?2
            UNION ALL SELECT min(next_poll_at) FROM checkout
            WHERE account = (SELECT id FROM asked) AND next_poll_at > ?2
            UNION ALL SELECT min(next_poll_at) FROM subscription
            WHERE account = (SELECT id FROM asked) AND next_poll_at > ?2)
        """
}

extension DuePoll {
    fileprivate init(_ row: Row, of account: String, in database: Database) throws {
        let kind: String = row[0]
        let number: Int64 = row[1]
        let name: String = row[3]
        self.account = account
        switch kind {
        case "payment": (entity, place) = (.payment(id: name), .payment(number))
        case "operation": (entity, place) = (.operation(id: name), .operation(id: name, payment: number))
        case "checkout": (entity, place) = (.checkout(token: name), .checkout(number))
        default: (entity, place) = (.subscription(id: name), .subscription(number))  // The query names no fifth kind.
        }
        method = row[4]
        endpoint = row[5]
        requestedAt = Timestamp(stored: row[6])
        lastCallback =
            try Int64.fetchOne(database.cachedStatement(sql: "SELECT coalesce(max(id), 0) FROM callback")) ?? 0
    }
}
