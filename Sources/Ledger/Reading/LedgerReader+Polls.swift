package import Payments

/// A pause in polling a gateway that has failed.
package struct GatewayPause: Sendable, Equatable {
    package let until: Timestamp
    /// The kind of failure.
    package let reason: PollOutcome
    /// Why the last poll got no answer, as text; `nil` if that is no longer known.
    package let detail: String?

    package init(until: Timestamp, reason: PollOutcome, detail: String? = nil) {
        self.until = until
        self.reason = reason
        self.detail = detail
    }
}

extension LedgerReader {
    /// The pause of an account's gateway, which may be over; `nil` while the gateway is polled.
    package func pause(of account: String) throws -> GatewayPause? {
        try reader.read { try GatewayPause(of: account, in: $0) }
    }
}

extension GatewayPause {
    init?(of account: String, in statements: any Statements) throws {
        let row = try statements.row(
            """
            SELECT paused_until, pause_reason,
                   (SELECT detail FROM poll WHERE poll.account = account.id AND outcome = account.pause_reason
                    AND id > (SELECT max(id) FROM poll) - 1000 ORDER BY id DESC LIMIT 1)
            FROM account WHERE name = ? AND paused_until IS NOT NULL
            """,
            [account]
        )
        guard let row, let reason = PollOutcome(rawValue: row[1] ?? "") else { return nil }
        self.init(until: Timestamp(milliseconds: row[0]), reason: reason, detail: row[2])
    }
}

extension LedgerReader {
    /// The number of the last poll.
    package func lastPoll() throws -> Int64 {
        try reader.read { try $0.number("SELECT max(id) FROM poll") ?? 0 }
    }

    /// The first poll after a number that is about an entity (also if a payment has turned out to be an operation), or
    /// about the payment that it belongs to.
    package func poll(about thing: EntityName, after number: Int64) throws -> ViewRow? {
        let name = (kind: thing.entity.kind, id: thing.entity.id)
        return try rows(
            """
            SELECT id, entity, entity_id, asked_at, answered_at, endpoint, http_status, outcome, rule, status, detail FROM polls
            WHERE id > ?1 AND account = ?2 AND (
                (entity_id = ?4 AND (entity = ?3 OR (?3 = 'payment' AND entity = 'operation')))
                OR (?3 = 'operation' AND entity = 'payment' AND entity_id IN (
                    SELECT payment_id FROM operations WHERE operation_id = ?4 AND account = ?2)))
            ORDER BY id LIMIT 1
            """,
            [number, thing.account, name.kind, name.id]
        ).first
    }
}
