import Payments

extension LedgerReader {
    /// How many rows are looked at for a page; fewer where bodies lie between them.
    private static let step: Int64 = 20_000
    private static let stepAmongBodies: Int64 = 5000

    /// Rows of `anomalies`, that opened last first.
    ///
    /// - Parameter openOnly: only those that are open, which are found by their index.
    package func anomalies(
        openOnly: Bool,
        severity: Severity?,
        kind: String?,
        account: String?,
        before: PageKey?,
        limit: Int
    ) async throws -> Page {
        try await readWithin { statements in
            let filters: [any Bindable] = [severity?.rawValue, kind, account]
            guard openOnly else {
                let walk = try Walk(before: before, last: "SELECT max(id) FROM anomaly", by: Self.step, in: statements)
                return try walk.page(
                    """
                    WITH chosen AS MATERIALIZED (
                        SELECT id FROM anomaly
                        WHERE id >= ?1 AND id < ?2 AND (severity = ?3 OR ?3 IS NULL) AND (kind = ?4 OR ?4 IS NULL)
                          AND (account = (SELECT id FROM account WHERE name = ?5) OR ?5 IS NULL)
                        ORDER BY id DESC LIMIT ?6)
                    SELECT chosen.id, anomalies.* FROM chosen CROSS JOIN anomalies WHERE anomalies.id = chosen.id
                    ORDER BY chosen.id DESC
                    """,
                    filters,
                    limit: limit,
                    time: "SELECT opened_at FROM anomaly WHERE id >= ? ORDER BY id LIMIT 1"
                )
            }
            return try Walk(before: before, from: .min, in: statements).page(
                """
                WITH chosen AS MATERIALIZED (
                    SELECT id FROM anomaly
                    WHERE closed_at IS NULL AND id >= ?1 AND id < ?2 AND (severity = ?3 OR ?3 IS NULL)
                      AND (kind = ?4 OR ?4 IS NULL)
                      AND (account = (SELECT id FROM account WHERE name = ?5) OR ?5 IS NULL)
                      AND account IN (SELECT id FROM account)
                    ORDER BY id DESC LIMIT ?6)
                SELECT chosen.id, anomalies.* FROM chosen CROSS JOIN anomalies WHERE anomalies.id = chosen.id
                ORDER BY chosen.id DESC
                """,
                filters,
                limit: limit,
                time: "SELECT opened_at FROM anomaly WHERE id >= ? ORDER BY id LIMIT 1"
            )
        }
    }

    /// Rows of `rejected`, the newest first, without their bodies.
    package func rejected(account: String?, reason: String?, before: PageKey?, limit: Int) async throws -> Page {
        try await readWithin { statements in
            // Their numbers have gaps as wide as floods were: they are counted, not reckoned.
            let top = before?.number ?? .max
            let floor = try statements.number(
                "SELECT id FROM rejection WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?",
                [top, Self.stepAmongBodies - 1]
            )
            return try Walk(before: before, from: floor ?? .min, in: statements).page(
                """
                WITH chosen AS MATERIALIZED (
                    SELECT id FROM rejection
                    WHERE id >= ?1 AND id < ?2 AND (reason = ?3 OR ?3 IS NULL)
                      AND (account = (SELECT id FROM account WHERE name = ?4) OR ?4 IS NULL)
                    ORDER BY id DESC LIMIT ?5)
                SELECT chosen.id, rejected.id, rejected.account, received_at, remote_address, reason, size, signature
                FROM chosen CROSS JOIN rejected WHERE rejected.id = chosen.id
                ORDER BY chosen.id DESC
                """,
                [reason, account],
                limit: limit,
                time: "SELECT received_at FROM rejection WHERE id >= ? ORDER BY id LIMIT 1"
            )
        }
    }

    /// Rows of `callbacks`, that recorded last first, without their bodies.
    package func callbacks(
        account: String?,
        effect: String?,
        verdict: String?,
        before: PageKey?,
        limit: Int
    ) async throws -> Page {
        try await readWithin { statements in
            let walk = try Walk(
                before: before,
                last: "SELECT max(id) FROM callback",
                by: Self.stepAmongBodies,
                in: statements
            )
            return try walk.page(
                """
                WITH chosen AS MATERIALIZED (
                    SELECT id FROM callback
                    WHERE id >= ?1 AND id < ?2 AND (effect = ?3 OR ?3 IS NULL) AND (verdict = ?4 OR ?4 IS NULL)
                      AND (account = (SELECT id FROM account WHERE name = ?5) OR ?5 IS NULL)
                    ORDER BY id DESC LIMIT ?6)
                SELECT chosen.id, callbacks.id, callbacks.account, received_at, last_received_at, deliveries,
                       remote_address, verdict, form, key_id, status, detail, effect, rule, payment_id, operation_id,
                       reverified_at
                FROM chosen CROSS JOIN callbacks WHERE callbacks.id = chosen.id
                ORDER BY chosen.id DESC
                """,
                [effect, verdict, account],
                limit: limit,
                time: "SELECT received_at FROM callback WHERE id >= ? ORDER BY id LIMIT 1"
            )
        }
    }

    /// Rows of `subscriptions`, that heard of last first.
    package func subscriptions(
        account: String?,
        state: String?,
        before: PageKey?,
        limit: Int
    ) async throws -> Page {
        try await readWithin { statements in
            let walk = try Walk(
                before: before,
                last: "SELECT max(id) FROM subscription",
                by: Self.step,
                in: statements
            )
            return try walk.page(
                """
                WITH chosen AS MATERIALIZED (
                    SELECT id, (SELECT name FROM account WHERE account.id = subscription.account) AS account,
                           subscription_id
                    FROM subscription
                    WHERE id >= ?1 AND id < ?2 AND (state = ?3 OR ?3 IS NULL)
                      AND (account = (SELECT id FROM account WHERE name = ?4) OR ?4 IS NULL)
                    ORDER BY id DESC LIMIT ?5)
                SELECT chosen.id, subscriptions.*
                FROM chosen CROSS JOIN subscriptions
                WHERE subscriptions.account = chosen.account AND subscriptions.subscription_id = chosen.subscription_id
                ORDER BY chosen.id DESC
                """,
                [state, account],
                limit: limit,
                time: "SELECT first_seen_at FROM subscription WHERE id >= ? ORDER BY id LIMIT 1"
            )
        }
    }
}

/// Walks back through a table in the order of its numbers, within bounds.
private struct Walk {
    /// The first number of the walk, and the one before which it begins.
    private let range: (from: Int64, before: Int64)
    private let statements: any Statements

    init(before key: PageKey?, from first: Int64, in statements: any Statements) {
        range = (first, key?.number ?? .max)
        self.statements = statements
    }

    /// A walk through so many numbers, which have no gaps.
    ///
    /// - Parameter last: selects the last number.
    init(before key: PageKey?, last: StaticString, by step: Int64, in statements: any Statements) throws {
        let end = (try statements.number(last) ?? 0).addingSaturated(1)
        let top = min(end, key?.number ?? end)
        let first = top.subtractingSaturated(step)
        range = (first > 1 ? first : .min, top)
        self.statements = statements
    }

    /// - Parameters:
    ///   - sql: selects rows with their numbers before them; its parameters are the range, the filters and the limit.
    ///   - time: selects the time of the first row at or after a number.
    func page(_ sql: StaticString, _ filters: [any Bindable], limit: Int, time: StaticString) throws -> Page {
        let limit = Page.limit(limit)
        let bounds: [any Bindable] = [range.from, range.before]
        let found = try statements.rows(sql, bounds + filters + [limit + 1])
        let rows = found.prefix(limit).map { ViewRow($0, from: 1) }
        if found.count > limit { return Page(rows: rows, next: PageKey(number: found[limit - 1][0])) }
        guard range.from > .min else { return Page(rows: rows) }
        let searched = try statements.number(time, [range.from])
        return Page(
            rows: rows,
            next: PageKey(number: range.from),
            searchedBackTo: searched.map { Timestamp(milliseconds: $0) }
        )
    }
}
