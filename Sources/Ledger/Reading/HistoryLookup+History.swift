import GRDB
import Payments

extension HistoryLookup {
    /// The evidence that brought the subject's transitions and anomalies, even if it was about something else (a
    /// token's answer that also reports its payment).
    private static let evidence = """
        WITH evidence (source, number) AS (
            SELECT source, evidence FROM transition WHERE ?1 IS NOT NULL AND payment = ?1
            UNION SELECT source, evidence FROM transition WHERE ?2 IS NOT NULL AND checkout = ?2
            UNION SELECT source, evidence FROM transition WHERE ?3 IS NOT NULL AND subscription = ?3
            UNION SELECT source, evidence FROM anomaly WHERE ?1 IS NOT NULL AND payment = ?1
            UNION SELECT source, evidence FROM anomaly WHERE ?2 IS NOT NULL AND payment IS NULL AND checkout = ?2)
        """

    func history(in database: Database) throws -> History {
        History(
            entity: entity,
            account: account,
            gateway: gateway,
            subject: try subject(in: database),
            operations: payment == nil
                ? []
                : try named(
                    "SELECT * FROM operations WHERE payment_id = ? AND account = ? ORDER BY first_seen_at LIMIT 1000",
                    in: database
                ),
            callbacks: try callbacks(in: database),
            polls: try polls(in: database),
            instructions: try instructions(in: database),
            transitions: try transitions(in: database),
            anomalies: try anomalies(in: database),
            timeline: payment == nil
                ? []
                : try named("SELECT * FROM timeline WHERE payment_id = ? AND account = ? LIMIT 10000", in: database),
            pause: try GatewayPause(of: account, in: database)
        )
    }

    private func subject(in database: Database) throws -> ViewRow {
        let rows =
            switch entity {
            case .payment, .operation:
                try named("SELECT * FROM payments WHERE payment_id = ? AND account = ?", in: database)
            case .checkout: try named("SELECT * FROM checkouts WHERE token = ? AND account = ?", in: database)
            case .subscription:
                try named("SELECT * FROM subscriptions WHERE subscription_id = ? AND account = ?", in: database)
            }
        // It was found just before, in the same snapshot.
        return rows.first ?? ViewRow(columns: [])
    }

    private func callbacks(in database: Database) throws -> [ViewRow] {
        try numbered(
            Self.evidence + """

                SELECT id, received_at, last_received_at, deliveries, remote_address, verdict, form, key_id, status,
                       detail, effect, rule, operation_id, reverified_at
                FROM callbacks WHERE id IN (
                    SELECT number FROM evidence WHERE source = 'callback'
                    UNION SELECT id FROM callback WHERE ?1 IS NOT NULL AND payment = ?1
                    UNION SELECT id FROM callback WHERE ?2 IS NOT NULL AND checkout = ?2
                    UNION SELECT id FROM callback WHERE ?3 IS NOT NULL AND subscription = ?3)
                ORDER BY id LIMIT 10000
                """,
            in: database
        )
    }

    private func polls(in database: Database) throws -> [ViewRow] {
        try numbered(
            Self.evidence + """

                SELECT id, entity, entity_id, asked_at, answered_at, endpoint, http_status, outcome, rule, status, detail
                FROM polls WHERE id IN (
                    SELECT number FROM evidence WHERE source = 'poll'
                    UNION SELECT id FROM poll WHERE ?1 IS NOT NULL AND payment = ?1
                    UNION SELECT id FROM poll WHERE ?2 IS NOT NULL AND checkout = ?2
                    UNION SELECT id FROM poll WHERE ?3 IS NOT NULL AND subscription = ?3)
                ORDER BY id LIMIT 10000
                """,
            in: database
        )
    }

    private func instructions(in database: Database) throws -> [ViewRow] {
        try numbered(
            Self.evidence + """

                SELECT id, given_at, command, entity, entity_id, reference, amount_minor, currency,
                       kind, note
                FROM instructions WHERE id IN (
                    SELECT number FROM evidence WHERE source = 'operator'
                    UNION SELECT id FROM instruction WHERE ?1 IS NOT NULL AND payment = ?1
                    UNION SELECT id FROM instruction WHERE ?2 IS NOT NULL AND checkout = ?2
                    UNION SELECT id FROM instruction WHERE ?3 IS NOT NULL AND subscription = ?3)
                ORDER BY id LIMIT 10000
                """,
            in: database
        )
    }

    private func transitions(in database: Database) throws -> [ViewRow] {
        try numbered(
            """
            SELECT * FROM transitions WHERE seq IN (
                SELECT seq FROM transition WHERE ?1 IS NOT NULL AND payment = ?1
                UNION SELECT seq FROM transition WHERE ?2 IS NOT NULL AND checkout = ?2
                UNION SELECT seq FROM transition WHERE ?3 IS NOT NULL AND subscription = ?3)
            ORDER BY seq LIMIT 10000
            """,
            in: database
        )
    }

    private func anomalies(in database: Database) throws -> [ViewRow] {
        guard subscription == nil else { return [] }
        return try ViewRow.fetch(
            """
            SELECT * FROM anomalies WHERE id IN (
                SELECT id FROM anomaly WHERE ?1 IS NOT NULL AND payment = ?1
                UNION SELECT id FROM anomaly WHERE ?2 IS NOT NULL AND payment IS NULL AND checkout = ?2)
            ORDER BY id LIMIT 10000
            """,
            [payment, checkout],
            in: database
        )
    }

    /// Rows that are found by the gateway's id and the account's name.
    private func named(_ sql: String, in database: Database) throws -> [ViewRow] {
        try ViewRow.fetch(sql, [id, account], in: database)
    }

    /// Rows that are found by the subject's row number.
    private func numbered(_ sql: String, in database: Database) throws -> [ViewRow] {
        try ViewRow.fetch(sql, [payment, checkout, subscription], in: database)
    }
}
