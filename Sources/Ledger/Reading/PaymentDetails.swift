/// Everything that is known about one payment, as of one point in time: rows of the public views, the oldest first, and
/// of each view the last thousand at most.
package struct PaymentDetails: Sendable {
    /// The row of `payments`.
    package let subject: ViewRow
    package let operations: [ViewRow]
    package let entries: [ViewRow]
    /// Without bodies, as are ``callbacks``.
    package let polls: [ViewRow]
    package let callbacks: [ViewRow]
    package let transitions: [ViewRow]
    package let anomalies: [ViewRow]
    package let forwards: [ViewRow]
}

extension LedgerReader {
    /// - Returns: `nil` if the payment is not known.
    package func payment(_ id: String, account: String) async throws -> PaymentDetails? {
        try await readWithin { statements -> PaymentDetails? in
            let subject = try statements.row(
                "SELECT * FROM payments WHERE payment_id = ? AND account = ?",
                [id, account]
            )
            let number = try statements.number(
                "SELECT id FROM payment WHERE payment_id = ? AND account = (SELECT id FROM account WHERE name = ?)",
                [id, account]
            )
            guard let subject, let number else { return nil }
            return try PaymentDetails(ViewRow(subject), number: number, names: [id, account], in: statements)
        }
    }
}

extension PaymentDetails {
    fileprivate init(_ subject: ViewRow, number: Int64, names: [any Bindable], in statements: any Statements) throws {
        func last(_ sql: StaticString, _ arguments: [any Bindable]) throws -> [ViewRow] {
            try statements.rows(sql, arguments).reversed().map(ViewRow.init)
        }
        self.subject = subject
        operations = try last(
            """
            SELECT * FROM operations WHERE payment_id = ? AND account = ?
            ORDER BY first_seen_at DESC, operation_id DESC LIMIT 1000
            """,
            names
        )
        entries = try last(
            """
            SELECT * FROM entries WHERE seq IN (SELECT seq FROM transition WHERE payment = ?)
            ORDER BY seq DESC LIMIT 1000
            """,
            [number]
        )
        polls = try last(
            """
            SELECT id, account, entity, entity_id, asked_at, answered_at, http_status, outcome, rule, status, endpoint,
                   detail, size
            FROM polls WHERE id IN (SELECT id FROM poll WHERE payment = ?) ORDER BY id DESC LIMIT 1000
            """,
            [number]
        )
        callbacks = try last(
            """
            SELECT id, account, received_at, last_received_at, deliveries, remote_address, verdict, form, key_id, status,
                   detail, effect, rule, payment_id, operation_id, reverified_at
            FROM callbacks WHERE id IN (SELECT id FROM callback WHERE payment = ?) ORDER BY id DESC LIMIT 1000
            """,
            [number]
        )
        transitions = try last(
            """
            SELECT * FROM transitions WHERE seq IN (SELECT seq FROM transition WHERE payment = ?)
            ORDER BY seq DESC LIMIT 1000
            """,
            [number]
        )
        anomalies = try last(
            """
            SELECT * FROM anomalies WHERE id IN (SELECT id FROM anomaly WHERE payment = ?) ORDER BY id DESC LIMIT 1000
            """,
            [number]
        )
        forwards = try last(
            "SELECT * FROM forwards WHERE payment_id = ? AND account = ? ORDER BY id DESC LIMIT 1000",
            names
        )
    }
}
