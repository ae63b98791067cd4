import Payments

/// The rows of the polls in progress: written before a poll is sent and deleted with its answer, so that the next start
/// knows which polls were in progress when the process ended.
enum SentPollRows {
    /// A poll that was sent longer ago is not in progress any more, whoever forgot to say so: its account may be gone.
    private static let forgotten = Duration.seconds(3600)

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
        in statements: any Statements
    ) throws -> Bool {
        let isSuspect = try PollRows.isInterrupted(poll, on: poll.row, in: statements)
        if isSuspect {
            let others = try statements.number(
                """
                SELECT EXISTS (SELECT 1 FROM question
                               WHERE suspect = 1 AND asked_at > ? AND NOT (account = ? AND entity = ? AND entity_id = ?))
                """,
                [(now - forgotten).milliseconds, account.id, poll.entity.kind, poll.entity.id]
            )
            guard others == 0 else { return false }
        }
        try statements.execute(
            """
            INSERT INTO question (account, entity, entity_id, place, asked_at, mark, wish, suspect)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (account, entity, entity_id) DO UPDATE SET
                place = excluded.place, asked_at = excluded.asked_at, mark = excluded.mark, wish = excluded.wish,
                suspect = excluded.suspect
            """,
            [
                account.id, poll.entity.kind, poll.entity.id, poll.row.number, now.milliseconds,
                poll.lastCallback,
                poll.requestedAt?.milliseconds, isSuspect,
            ]
        )
        return true
    }

    static func end(_ poll: DuePoll, of account: AccountRow, in statements: any Statements) throws {
        try statements.execute(
            "DELETE FROM question WHERE account = ? AND entity = ? AND entity_id = ?",
            [account.id, poll.entity.kind, poll.entity.id]
        )
    }

    /// All polls in progress, with the time at which each was sent.
    static func all(in statements: any Statements) throws -> [(poll: DuePoll, askedAt: Timestamp)] {
        let rows = try statements.rows(
            """
            SELECT account.name, entity, entity_id, place, asked_at, mark, wish
            FROM question JOIN account ON account.id = question.account ORDER BY asked_at, entity_id
            """
        )
        var all: [(poll: DuePoll, askedAt: Timestamp)] = []
        for row in rows {
            guard let entity = Entity(kind: row[1], id: row[2]) else { continue }  // The schema allows no fifth kind.
            let poll = DuePoll(
                account: row[0],
                entity: entity,
                method: nil,
                endpoint: nil,
                row: EntityRow(of: entity, number: row[3]),
                lastCallback: row[5],
                requestedAt: Timestamp(stored: row[6])
            )
            all.append((poll, Timestamp(milliseconds: row[4])))
        }
        return all
    }
}
