import Payments

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
