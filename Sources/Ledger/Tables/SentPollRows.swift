import GRDB
import Payments

/// The rows of the polls in progress: written before a poll is sent and deleted with its answer, so that the next start
/// knows which polls were in progress when the process ended.
enum SentPollRows {
    /// Stores that a poll is being sent, unless it has to wait.
    ///
    /// Of the polls that were in progress when the process ended, only one is sent at a time: if the process ends
    /// again, it is known which of them may be to blame.
    ///
    /// - Returns: whether it may be sent.
    static func begin(
        _ poll: DuePoll,
        of account: AccountRow,
        at now: Timestamp,
        in statements: StatementCache
    ) throws -> Bool {
        let isSuspect = try PollRows.isInterrupted(poll, at: poll.place, in: statements)
        if isSuspect {
            let others = try statements.number(
                """
                SELECT EXISTS (SELECT 1 FROM question
                               WHERE suspect = 1 AND NOT (account = ? AND entity = ? AND entity_id = ?))
                """,
                [account.id, poll.entity.kind, poll.entity.id]
            )
            guard others == 0 else { return false }
        }
        try statements.execute(
            """
            INSERT OR REPLACE INTO question (account, entity, entity_id, place, asked_at, mark, wish, suspect)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                account.id, poll.entity.kind, poll.entity.id, poll.place.row, now.milliseconds,
                poll.lastCallback,
                poll.requestedAt?.milliseconds, isSuspect,
            ]
        )
        return true
    }

    static func end(_ poll: DuePoll, of account: AccountRow, in statements: StatementCache) throws {
        try statements.execute(
            "DELETE FROM question WHERE account = ? AND entity = ? AND entity_id = ?",
            [account.id, poll.entity.kind, poll.entity.id]
        )
    }

    /// All polls in progress, with the time at which each was sent.
    static func all(in statements: StatementCache) throws -> [(poll: DuePoll, askedAt: Timestamp)] {
        let rows = try statements.rows(
            """
            SELECT account.name, entity, entity_id, place, asked_at, mark, wish
            FROM question JOIN account ON account.id = question.account ORDER BY asked_at, entity_id
            """
        )
        var all: [(poll: DuePoll, askedAt: Timestamp)] = []
        while let row = try rows.next() {
            guard let entity = Entity(kind: row[1], id: row[2]) else { continue }  // The schema allows no fifth kind.
            let poll = DuePoll(
                account: row[0],
                entity: entity,
                method: nil,
                endpoint: nil,
                place: DuePoll.Place(of: entity, row: row[3]),
                lastCallback: row[5],
                requestedAt: Timestamp(stored: row[6])
            )
            all.append((poll, Timestamp(milliseconds: row[4])))
        }
        return all
    }
}

extension DuePoll.Place {
    fileprivate init(of entity: Entity, row: Int64) {
        switch entity {
        case .payment: self = .payment(row)
        case .operation(let id): self = .operation(id: id, payment: row)
        case .checkout: self = .checkout(row)
        case .subscription: self = .subscription(row)
        }
    }

    fileprivate var row: Int64 {
        switch self {
        case .payment(let row), .operation(_, let row), .checkout(let row), .subscription(let row): row
        }
    }
}
