import Payments

/// The bodies of callbacks and answers that are kept as evidence, and how they are emptied.
enum RetainedBodies {
    /// The kinds of evidence that have a body.
    enum Source: String, Sendable {
        case callback
        case poll
    }

    /// A piece of evidence that pruning examines.
    struct Candidate {
        let id: Int64
        let at: Timestamp
        /// `nil` if there is no body, or none any more.
        let size: Int?
        let payment: Int64?
        let checkout: Int64?
        let subscription: Int64?
    }

    /// The next candidates that were never examined.
    static func next(of source: Source, limit: Int, in statements: any Statements) throws -> [Candidate] {
        let rows =
            switch source {
            case .callback:
                try statements.rows(
                    """
                    SELECT id, received_at, length(body), payment, checkout, subscription FROM callback
                    WHERE id > (SELECT callback FROM pruning) ORDER BY id LIMIT ?
                    """,
                    [limit]
                )
            case .poll:
                try statements.rows(
                    """
                    SELECT id, asked_at, length(body), payment, checkout, subscription FROM poll
                    WHERE id > (SELECT poll FROM pruning) ORDER BY id LIMIT ?
                    """,
                    [limit]
                )
            }
        return rows.map(Candidate.init)
    }

    /// The next candidates that were still needed when they were last examined.
    static func needed(
        of source: Source,
        after id: Int64,
        limit: Int,
        in statements: any Statements
    ) throws -> [Candidate] {
        let rows =
            switch source {
            case .callback:
                try statements.rows(
                    """
                    SELECT evidence, received_at, length(body), payment, checkout, subscription
                    FROM needed_body LEFT JOIN callback ON callback.id = evidence
                    WHERE source = 'callback' AND evidence > ? ORDER BY evidence LIMIT ?
                    """,
                    [id, limit]
                )
            case .poll:
                try statements.rows(
                    """
                    SELECT evidence, asked_at, length(body), payment, checkout, subscription
                    FROM needed_body LEFT JOIN poll ON poll.id = evidence
                    WHERE source = 'poll' AND evidence > ? ORDER BY evidence LIMIT ?
                    """,
                    [id, limit]
                )
            }
        return rows.map(Candidate.init)
    }

    /// Whether something unsettled rests on it: an entity that is still polled or held, an open anomaly that someone has
    /// yet to look at, or a target that has not got it yet.
    static func isNeeded(_ candidate: Candidate, of source: Source, in statements: any Statements) throws -> Bool {
        let payment = try candidate.payment.flatMap {
            try statements.number("SELECT coalesce(merged_into, id) FROM payment WHERE id = ?", [$0])
        }
        return try statements.number(
            """
            SELECT EXISTS (SELECT 1 FROM payment WHERE id = ?1 AND (reconciliation = 'scheduled' OR held = 1))
                OR EXISTS (SELECT 1 FROM operation WHERE payment = ?1 AND (next_poll_at IS NOT NULL OR held = 1))
                OR EXISTS (SELECT 1 FROM anomaly WHERE payment = ?1 AND closed_at IS NULL)
                OR EXISTS (SELECT 1 FROM checkout WHERE id = ?2 AND (next_poll_at IS NOT NULL OR held = 1))
                OR EXISTS (SELECT 1 FROM anomaly WHERE checkout = ?2 AND payment IS NULL AND closed_at IS NULL)
                OR EXISTS (SELECT 1 FROM subscription WHERE id = ?3 AND (next_poll_at IS NOT NULL OR held = 1))
                OR EXISTS (SELECT 1 FROM anomaly WHERE subscription = ?3 AND closed_at IS NULL)
                OR EXISTS (SELECT 1 FROM anomaly
                           WHERE callback = ?4 AND payment IS NULL AND checkout IS NULL AND closed_at IS NULL)
                OR EXISTS (SELECT 1 FROM forward WHERE callback = ?4 AND state = 'waiting')
            """,
            [payment, candidate.checkout, candidate.subscription, source == .callback ? candidate.id : nil]
        ) == 1
    }

    /// Empties a body. The rest of the row stays, above all the digest: the same bytes are recognised forever.
    static func empty(_ id: Int64, of source: Source, in statements: any Statements) throws {
        switch source {
        case .callback:
            try statements.execute("UPDATE callback SET body = NULL, content_signature = NULL WHERE id = ?", [id])
            try statements.execute("DELETE FROM forward WHERE callback = ?", [id])
        case .poll: try statements.execute("UPDATE poll SET body = NULL, kept_bytes = NULL WHERE id = ?", [id])
        }
    }

    /// Stores that all evidence up to this row has been examined.
    static func advance(to id: Int64, of source: Source, in statements: any Statements) throws {
        switch source {
        case .callback: try statements.execute("UPDATE pruning SET callback = ?", [id])
        case .poll: try statements.execute("UPDATE pruning SET poll = ?", [id])
        }
    }

    static func remember(_ id: Int64, of source: Source, in statements: any Statements) throws {
        try statements.execute("INSERT INTO needed_body (source, evidence) VALUES (?, ?)", [source.rawValue, id])
    }

    static func forget(_ id: Int64, of source: Source, in statements: any Statements) throws {
        try statements.execute(
            "DELETE FROM needed_body WHERE source = ? AND evidence = ?",
            [source.rawValue, id]
        )
    }
}

extension RetainedBodies.Candidate {
    fileprivate init(_ row: Row) {
        id = row[0]
        at = Timestamp(milliseconds: row[1])
        size = row[2]
        payment = row[3]
        checkout = row[4]
        subscription = row[5]
    }
}
