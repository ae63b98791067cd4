import GRDB
import Payments

/// What a clock that ran ahead may have planned.
extension DueQuestions {
    /// Something whose next question is due later than a right clock is likely to have planned it: who has its evidence decides.
    struct Suspect: Sendable, Hashable {
        enum Place: Sendable, Hashable {
            /// Of a payment or of one of its operations: the payment's row.
            case payment(Int64)
            case checkout(token: String)
            case subscription(id: String)
        }

        let account: String
        let place: Place
    }

    /// What is planned far ahead, in the order of the plans.
    enum Kind: Sendable, CaseIterable {
        case payments
        case operations
        case checkouts
        case subscriptions
    }

    /// How far the plans of one account were looked through: a time, and the row among those of that time.
    struct Position: Sendable {
        var nextPollAt: Int64
        var row: Int64 = .min
        var name = ""
    }

    /// So many plans are looked at before other readers have their turn.
    private static let portion = 2000

    /// The accounts of the ledger, also those that are not configured any more.
    func accountNames() async throws -> [String] {
        try await read { try String.fetchAll($0, sql: "SELECT name FROM account ORDER BY id") }
    }

    /// Looks through a portion of an account's plans behind a position.
    ///
    /// Those that have ended are no suspects as long as their next question lies within the last look after their last
    /// evidence, and nothing else of them is open: there may be a million, which a shop has been paid.
    ///
    /// - Returns: what may be planned too late, and where to go on; `nil` at the end.
    func suspects(
        _ kind: Kind,
        of account: String,
        after position: Position,
        lastLook: Duration,
        at now: Moment
    ) async throws -> (suspects: [Suspect], next: Position?) {
        let arguments: StatementArguments = [
            account, position.nextPollAt, position.row, position.name, now.milliseconds, lastLook.wholeMilliseconds,
            Self.portion,
        ]
        return try await read { database in
            var suspects: [Suspect] = []
            var (count, last) = (0, position)
            let rows = try Row.fetchCursor(database.cachedStatement(sql: kind.sql), arguments: arguments)
            while let row = try rows.next() {
                count += 1
                last = Position(nextPollAt: row[0], row: row[1], name: row[2])
                guard row[3] as Bool else { continue }
                suspects.append(Suspect(account: account, place: kind.place(row: last.row, name: last.name)))
            }
            return (suspects, count < Self.portion ? nil : last)
        }
    }
}

extension DueQuestions.Kind {
    fileprivate func place(row: Int64, name: String) -> DueQuestions.Suspect.Place {
        switch self {
        case .payments, .operations: .payment(row)
        case .checkouts: .checkout(token: name)
        case .subscriptions: .subscription(id: name)
        }
    }

    /// ?1 account, ?2 ?3 ?4 position, ?5 now, ?6 last look, ?7 portion.
    fileprivate var sql: String {
        switch self {
        case .payments:
            """
            SELECT next_poll_at, id, '', wished_at IS NOT NULL OR state IN ('pending', 'unknown', 'authorized')
                   OR coalesce(asking_since, 0) > ?5 OR next_poll_at > coalesce(asking_since, 0) + ?6
                   OR EXISTS (SELECT 1 FROM operation WHERE operation.payment = planned.id AND next_poll_at IS NULL
                              AND state IN ('pending', 'unknown'))
            FROM (SELECT id, next_poll_at, wished_at, state, asking_since FROM payment
                  WHERE account = (SELECT id FROM account WHERE name = ?1) AND next_poll_at >= ?2
                    AND (next_poll_at, id) > (?2, ?3)
                  ORDER BY next_poll_at, id LIMIT ?7) AS planned
            """
        case .operations:
            """
            SELECT next_poll_at, payment, operation_id, wished_at IS NOT NULL OR state IN ('pending', 'unknown')
                   OR coalesce(asking_since, 0) > ?5 OR next_poll_at > coalesce(asking_since, 0) + ?6
            FROM operation
            WHERE account = (SELECT id FROM account WHERE name = ?1) AND next_poll_at >= ?2
              AND (next_poll_at, payment, operation_id) > (?2, ?3, ?4)
            ORDER BY next_poll_at, payment, operation_id LIMIT ?7
            """
        case .checkouts:
            """
            SELECT next_poll_at, id, token, 1 FROM checkout
            WHERE account = (SELECT id FROM account WHERE name = ?1) AND next_poll_at >= ?2
              AND (next_poll_at, id) > (?2, ?3)
            ORDER BY next_poll_at, id LIMIT ?7
            """
        case .subscriptions:
            """
            SELECT next_poll_at, id, subscription_id, 1 FROM subscription
            WHERE account = (SELECT id FROM account WHERE name = ?1) AND next_poll_at >= ?2
              AND (next_poll_at, id) > (?2, ?3)
            ORDER BY next_poll_at, id LIMIT ?7
            """
        }
    }
}
