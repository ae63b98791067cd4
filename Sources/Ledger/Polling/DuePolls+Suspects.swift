import Payments

/// Finds polls that a clock which ran ahead may have planned.
extension DuePolls {
    /// An entity whose next poll is due later than a correct clock would probably have planned it; the final decision
    /// needs its evidence (``LedgerTransaction/recall(_:at:)``).
    struct Suspect: Sendable, Hashable {
        let account: String
        /// For an operation: that of its payment.
        let row: EntityRow
        /// The checkout's token, or the subscription's id.
        let name: String
        /// Whether evidence, a poll request or a poll of it is dated later than now, by the clock that planned it.
        let isDatedAhead: Bool
    }

    /// The kinds of entities that have planned polls, in the order in which they are examined.
    enum Kind: Sendable, CaseIterable {
        case payments
        case operations
        case checkouts
        case subscriptions
    }

    /// How far an account's plans have been examined: a time, and the row among those with that time.
    struct Position: Sendable {
        var nextPollAt: Int64
        var row: Int64 = .min
        var name = ""
    }

    /// Rows dated less than this ahead of now may have been written since the examination began.
    private static let tolerance = Duration.seconds(1)
    /// How many plans are examined before other readers have their turn.
    private static let portion = 2000

    /// The accounts of the ledger, including those that are no longer configured.
    func accountNames() async throws -> [String] {
        try await reader.readAside { try $0.rows("SELECT name FROM account ORDER BY id").map { $0[0] } }
    }

    /// Examines a portion of an account's plans after a position.
    ///
    /// Entities in a final state are not suspects as long as their next poll lies within the last look after their last
    /// evidence, and nothing else of them is open: a shop may have a million payments that succeeded. Nor are plans
    /// that a correct clock could have made, unless something about the entity is dated later than now: then the clock
    /// ran ahead, by however little.
    ///
    /// - Returns: what may be planned too late, and where to continue; `nil` at the end.
    func suspects(
        _ kind: Kind,
        of account: String,
        after position: Position,
        by schedule: PollSchedule,
        at now: Timestamp
    ) async throws -> (suspects: [Suspect], next: Position?) {
        let common: [any Bindable & Sendable] = [
            account, position.nextPollAt, position.row, position.name, (now + Self.tolerance).milliseconds,
            Self.portion, (now + schedule.longestPause).milliseconds,
        ]
        let arguments = kind.hasLastLook ? common + [schedule.lastLook.wholeMilliseconds] : common
        return try await reader.readAside { statements in
            var suspects: [Suspect] = []
            var (count, last) = (0, position)
            for row in try statements.rows(kind.sql, arguments) {
                count += 1
                last = Position(nextPollAt: row[0], row: row[1], name: row[2])
                let (isLate, isDatedAhead): (Bool, Bool) = (row[3], row[4])
                guard isLate || isDatedAhead else { continue }
                let row = kind.row(last.row)
                suspects.append(Suspect(account: account, row: row, name: last.name, isDatedAhead: isDatedAhead))
            }
            return (suspects, count < Self.portion ? nil : last)
        }
    }
}

extension DuePolls.Kind {
    fileprivate func row(_ number: Int64) -> EntityRow {
        switch self {
        case .payments, .operations: .payment(number)
        case .checkouts: .checkout(number)
        case .subscriptions: .subscription(number)
        }
    }

    /// Whether a final state is polled once more after it was reached.
    fileprivate var hasLastLook: Bool {
        switch self {
        case .payments, .operations: true
        case .checkouts, .subscriptions: false
        }
    }

    /// ?1 account, ?2 ?3 ?4 position, ?5 now, ?6 portion, ?7 the latest time that a correct clock plans for an open
    /// entity, and ?8 the last look, of those that have one: a parameter that a statement does not use has no type.
    fileprivate var sql: StaticString {
        switch self {
        case .payments:
            """
            SELECT next_poll_at, id, '',
                   next_poll_at > ?7 AND (wished_at IS NOT NULL OR state IN ('pending', 'unknown', 'authorized')
                       OR next_poll_at > coalesce(asking_since, 0) + ?8
                       OR EXISTS (SELECT 1 FROM operation WHERE operation.payment = planned.id AND next_poll_at IS NULL
                                  AND state IN ('pending', 'unknown'))),
                   coalesce(asking_since, 0) > ?5 OR coalesce(wished_at, 0) > ?5 OR coalesce(last_poll_at, 0) > ?5
            FROM (SELECT id, next_poll_at, wished_at, state, asking_since, last_poll_at FROM payment
                  WHERE account = (SELECT id FROM account WHERE name = ?1) AND next_poll_at >= ?2
                    AND (next_poll_at, id, '') > (?2, ?3, ?4)
                  ORDER BY next_poll_at, id LIMIT ?6) AS planned
            """
        case .operations:
            """
            SELECT next_poll_at, payment, operation_id,
                   next_poll_at > ?7 AND (wished_at IS NOT NULL OR state IN ('pending', 'unknown')
                       OR next_poll_at > coalesce(asking_since, 0) + ?8),
                   coalesce(asking_since, 0) > ?5 OR coalesce(wished_at, 0) > ?5
                       OR EXISTS (SELECT 1 FROM poll WHERE poll.payment = operation.payment
                                  AND poll.operation_id = operation.operation_id AND asked_at > ?5)
            FROM operation
            WHERE account = (SELECT id FROM account WHERE name = ?1) AND next_poll_at >= ?2
              AND (next_poll_at, payment, operation_id) > (?2, ?3, ?4)
            ORDER BY next_poll_at, payment, operation_id LIMIT ?6
            """
        case .checkouts:
            """
            SELECT next_poll_at, id, token, next_poll_at > ?7,
                   coalesce(asking_since, 0) > ?5 OR coalesce(wished_at, 0) > ?5
                       OR EXISTS (SELECT 1 FROM poll WHERE poll.checkout = checkout.id AND asked_at > ?5)
            FROM checkout
            WHERE account = (SELECT id FROM account WHERE name = ?1) AND next_poll_at >= ?2
              AND (next_poll_at, id, token) > (?2, ?3, ?4)
            ORDER BY next_poll_at, id LIMIT ?6
            """
        case .subscriptions:
            """
            SELECT next_poll_at, id, subscription_id, next_poll_at > ?7,
                   coalesce(asking_since, 0) > ?5 OR coalesce(wished_at, 0) > ?5
                       OR EXISTS (SELECT 1 FROM poll WHERE poll.subscription = subscription.id AND asked_at > ?5)
            FROM subscription
            WHERE account = (SELECT id FROM account WHERE name = ?1) AND next_poll_at >= ?2
              AND (next_poll_at, id, subscription_id) > (?2, ?3, ?4)
            ORDER BY next_poll_at, id LIMIT ?6
            """
        }
    }
}
