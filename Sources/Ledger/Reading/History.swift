package import Payments

/// Everything the ledger holds about one payment, checkout or subscription, as of one point in time: rows of the public
/// views, oldest first, without bodies.
package struct History: Sendable {
    package let entity: Entity
    package let account: String
    package let gateway: String
    /// The row of `payments`, `checkouts` or `subscriptions`.
    package let subject: ViewRow
    package let operations: [ViewRow]
    /// The callbacks, polls and instructions that are about it, or that changed it.
    package let callbacks: [ViewRow]
    package let polls: [ViewRow]
    package let instructions: [ViewRow]
    package let transitions: [ViewRow]
    package let anomalies: [ViewRow]
    /// The payment's rows in `timeline`; empty for checkouts and subscriptions.
    package let timeline: [ViewRow]
    /// The last pause of the account's gateway, which may be over.
    package let pause: GatewayPause?
    /// Its callbacks on their way to the account's targets; empty for checkouts and subscriptions.
    package let forwards: [ViewRow]
}

extension LedgerReader {
    /// The history of one payment; `nil` if it is not known.
    package func history(ofPayment id: String, account: String) async throws -> History? {
        try await readWithin { statements in
            let named = try FoundEntity.all(named: id, account: account, in: statements)
            let found = named.first { $0.name.entity == .payment(id: id) }
            return try found.map { try History(of: $0, in: statements) }
        }
    }
}

extension History {
    init(of found: FoundEntity, in statements: any Statements) throws {
        let lookup = HistoryLookup(found: found, statements: statements)
        let evidence = try lookup.evidence()
        self.init(
            entity: found.subject,
            account: found.name.account,
            gateway: found.gateway,
            subject: try lookup.subject(),
            operations: try lookup.operations(),
            callbacks: try lookup.rows(
                """
                SELECT id, received_at, last_received_at, deliveries, remote_address, verdict, form, key_id, status,
                       detail, effect, rule, operation_id, reverified_at
                FROM callbacks WHERE id = ?
                """,
                evidence[.callback]
            ),
            polls: try lookup.rows(
                """
                SELECT id, entity, entity_id, asked_at, answered_at, endpoint, http_status, outcome, rule, status, detail
                FROM polls WHERE id = ?
                """,
                evidence[.poll]
            ),
            instructions: try lookup.rows(
                """
                SELECT id, given_at, command, entity, entity_id, reference, amount_minor, currency, kind, note
                FROM instructions WHERE id = ?
                """,
                evidence[.operator]
            ),
            transitions: try lookup.transitions(),
            anomalies: try lookup.anomalies(),
            timeline: try lookup.timeline(),
            pause: try GatewayPause(of: found.name.account, in: statements),
            forwards: try lookup.forwards()
        )
    }
}

/// Reads the parts of one history, from one snapshot.
private struct HistoryLookup {
    let found: FoundEntity
    let statements: any Statements

    private var numbers: [any Bindable] { [found.row.payment, found.row.checkout, found.row.subscription] }
    private var names: [any Bindable] { [found.subject.id, found.name.account] }
    private var isPayment: Bool { found.row.payment != nil }

    /// The row of the view. It was found just before, in the same snapshot.
    func subject() throws -> ViewRow {
        let row =
            switch found.subject {
            case .payment, .operation:
                try statements.row("SELECT * FROM payments WHERE payment_id = ? AND account = ?", names)
            case .checkout: try statements.row("SELECT * FROM checkouts WHERE token = ? AND account = ?", names)
            case .subscription:
                try statements.row("SELECT * FROM subscriptions WHERE subscription_id = ? AND account = ?", names)
            }
        return row.map(ViewRow.init) ?? ViewRow(columns: [])
    }

    func operations() throws -> [ViewRow] {
        guard isPayment else { return [] }
        return try statements.rows(
            "SELECT * FROM operations WHERE payment_id = ? AND account = ? ORDER BY first_seen_at LIMIT 1000",
            names
        ).map(ViewRow.init)
    }

    func timeline() throws -> [ViewRow] {
        guard isPayment else { return [] }
        return try statements.rows(
            "SELECT * FROM timeline WHERE payment_id = ? AND account = ? LIMIT 10000",
            names
        ).map(ViewRow.init)
    }

    func forwards() throws -> [ViewRow] {
        guard isPayment else { return [] }
        return try statements.rows(
            "SELECT * FROM forwards WHERE payment_id = ? AND account = ? ORDER BY callback_id, target LIMIT 10000",
            names
        ).map(ViewRow.init)
    }

    /// The numbers of the evidence that is about the subject, and of that which brought its transitions and anomalies,
    /// even if it was about something else (a token's answer that also reports its payment).
    func evidence() throws -> [EvidenceID.Source: [Int64]] {
        let rows = try statements.rows(
            """
            SELECT source, evidence FROM transition WHERE payment = ?1 AND ?1 IS NOT NULL
            UNION SELECT source, evidence FROM transition WHERE checkout = ?2 AND ?2 IS NOT NULL
            UNION SELECT source, evidence FROM transition WHERE subscription = ?3 AND ?3 IS NOT NULL
            UNION SELECT source, evidence FROM anomaly WHERE payment = ?1 AND ?1 IS NOT NULL
            UNION SELECT source, evidence FROM anomaly WHERE payment IS NULL AND checkout = ?2 AND ?2 IS NOT NULL
            UNION SELECT source, evidence FROM anomaly WHERE subscription = ?3 AND ?3 IS NOT NULL
            UNION SELECT 'callback', id FROM callback WHERE payment = ?1 AND ?1 IS NOT NULL
            UNION SELECT 'callback', id FROM callback WHERE checkout = ?2 AND ?2 IS NOT NULL
            UNION SELECT 'callback', id FROM callback WHERE subscription = ?3 AND ?3 IS NOT NULL
            UNION SELECT 'poll', id FROM poll WHERE payment = ?1 AND ?1 IS NOT NULL
            UNION SELECT 'poll', id FROM poll WHERE checkout = ?2 AND ?2 IS NOT NULL
            UNION SELECT 'poll', id FROM poll WHERE subscription = ?3 AND ?3 IS NOT NULL
            UNION SELECT 'operator', id FROM instruction WHERE payment = ?1 AND ?1 IS NOT NULL
            UNION SELECT 'operator', id FROM instruction WHERE checkout = ?2 AND ?2 IS NOT NULL
            UNION SELECT 'operator', id FROM instruction WHERE subscription = ?3 AND ?3 IS NOT NULL
            ORDER BY 1, 2 LIMIT 30000
            """,
            numbers
        )
        var evidence: [EvidenceID.Source: [Int64]] = [:]
        for row in rows {
            guard let source = EvidenceID.Source(rawValue: row[0]) else { continue }  // The schema allows no fourth.
            evidence[source, default: []].append(row[1])
        }
        return evidence
    }

    /// - Parameter sql: selects the row of a view by its number.
    func rows(_ sql: StaticString, _ numbers: [Int64]?) throws -> [ViewRow] {
        try (numbers ?? []).compactMap { try statements.row(sql, [$0]).map(ViewRow.init) }
    }

    func transitions() throws -> [ViewRow] {
        try statements.rows(
            """
            SELECT * FROM transitions WHERE seq IN (
                SELECT seq FROM transition WHERE payment = ?1 AND ?1 IS NOT NULL
                UNION SELECT seq FROM transition WHERE checkout = ?2 AND ?2 IS NOT NULL
                UNION SELECT seq FROM transition WHERE subscription = ?3 AND ?3 IS NOT NULL)
            ORDER BY seq LIMIT 10000
            """,
            numbers
        ).map(ViewRow.init)
    }

    func anomalies() throws -> [ViewRow] {
        try statements.rows(
            """
            SELECT * FROM anomalies WHERE id IN (
                SELECT id FROM anomaly WHERE payment = ?1 AND ?1 IS NOT NULL
                UNION SELECT id FROM anomaly WHERE payment IS NULL AND checkout = ?2 AND ?2 IS NOT NULL
                UNION SELECT id FROM anomaly WHERE subscription = ?3 AND ?3 IS NOT NULL)
            ORDER BY id LIMIT 10000
            """,
            numbers
        ).map(ViewRow.init)
    }
}
