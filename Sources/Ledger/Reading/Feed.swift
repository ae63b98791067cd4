import Payments

/// Rows of the change feed, the oldest first.
package struct Feed: Sendable {
    package let rows: [ViewRow]
    /// Everything up to this number is in ``rows`` or was not asked for: what comes next is asked for after it.
    package let upTo: Int64
}

extension LedgerReader {
    /// How many transitions are looked at for an answer.
    private static let step: Int64 = 20_000

    /// Rows of `transitions`, in the order of `seq`.
    ///
    /// Each answer looks at a bounded part of the feed. So there may be more after ``Feed/upTo``, even if this has no row.
    package func transitions(after seq: Int64, account: String?, limit: Int) async throws -> Feed {
        try await feed(
            """
            SELECT * FROM transitions WHERE seq > ?1 AND seq <= ?2 AND (account = ?3 OR ?3 IS NULL)
            ORDER BY seq LIMIT ?4
            """,
            after: seq,
            account: account,
            limit: limit
        )
    }

    /// Rows of `entries`, in the order of `seq`; see ``transitions(after:account:limit:)``.
    package func entries(after seq: Int64, account: String?, limit: Int) async throws -> Feed {
        try await feed(
            """
            SELECT * FROM entries WHERE seq > ?1 AND seq <= ?2 AND (account = ?3 OR ?3 IS NULL)
            ORDER BY seq LIMIT ?4
            """,
            after: seq,
            account: account,
            limit: limit
        )
    }

    private func feed(_ sql: StaticString, after seq: Int64, account: String?, limit: Int) async throws -> Feed {
        let limit = Page.limit(limit)
        return try await readWithin { statements in
            let last = try statements.number("SELECT max(seq) FROM transition") ?? 0
            let end = max(seq, min(last, seq.addingSaturated(Self.step)))
            let rows = try statements.rows(sql, [seq, end, account, limit]).map(ViewRow.init)
            guard rows.count == limit, case .integer(let read)? = rows.last?["seq"] else {
                return Feed(rows: rows, upTo: end)
            }
            return Feed(rows: rows, upTo: read)
        }
    }
}
