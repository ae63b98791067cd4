import GRDB
package import Payments

extension LedgerReader {
    /// The entities that a name refers to, by its most exact meaning alone: a gateway's own id, otherwise the
    /// merchant's reference of payments, otherwise that of checkouts, of which nothing more may be known yet.
    package func entities(named name: String, account: String?) throws -> [Named] {
        let keys = try rows(
            """
            SELECT account.name AS account, 'payment' AS entity, payment_id AS entity_id
            FROM payment JOIN account ON account.id = payment.account
            WHERE payment_id = ?1 AND merged_into IS NULL AND (?2 IS NULL OR account.name = ?2)
            UNION
            SELECT account.name, CASE payment_id WHEN ?1 THEN 'payment' ELSE 'operation' END, operation_id
            FROM operation JOIN payment ON payment.id = operation.payment JOIN account ON account.id = payment.account
            WHERE operation_id = ?1 AND (?2 IS NULL OR account.name = ?2)
            UNION
            SELECT account.name, 'checkout', token FROM checkout JOIN account ON account.id = checkout.account
            WHERE token = ?1 AND (?2 IS NULL OR account.name = ?2)
            UNION
            SELECT account.name, 'subscription', subscription_id
            FROM subscription JOIN account ON account.id = subscription.account
            WHERE subscription_id = ?1 AND (?2 IS NULL OR account.name = ?2)
            LIMIT 20
            """,
            [name, account]
        )
        guard keys.isEmpty else { return keys.compactMap(Named.init) }
        let payments = try rows(
            """
            SELECT account.name AS account, 'payment' AS entity, payment_id AS entity_id
            FROM payment JOIN account ON account.id = payment.account
            WHERE (reference = ?1 OR watched_reference = ?1 OR checkout_token = ?1) AND merged_into IS NULL
              AND (?2 IS NULL OR account.name = ?2)
            ORDER BY payment.id DESC LIMIT 20
            """,
            [name, account]
        )
        guard payments.isEmpty else { return payments.compactMap(Named.init) }
        // No index: only a person who knows no better name waits for this.
        return try rows(
            """
            SELECT account.name AS account, 'checkout' AS entity, token AS entity_id
            FROM checkout JOIN account ON account.id = checkout.account
            WHERE (checkout.reference = ?1 OR checkout.watched_reference = ?1) AND (?2 IS NULL OR account.name = ?2)
            ORDER BY checkout.id DESC LIMIT 20
            """,
            [name, account]
        ).compactMap(Named.init)
    }
}

/// An entity that the ledger knows, with its account.
package struct Named: Sendable, Hashable {
    package let account: String
    package let entity: Entity

    package init(account: String, entity: Entity) {
        self.account = account
        self.entity = entity
    }
}

extension Named {
    fileprivate init?(_ row: ViewRow) {
        guard let entity = Entity(kind: row.text("entity"), id: row.text("entity_id")) else { return nil }
        self.init(account: row.text("account"), entity: entity)
    }
}

extension Entity {
    /// Creates an entity from the words of the views; `nil` for any other word.
    package init?(kind: String, id: String) {
        switch kind {
        case "payment": self = .payment(id: id)
        case "operation": self = .operation(id: id)
        case "checkout": self = .checkout(token: id)
        case "subscription": self = .subscription(id: id)
        default: return nil
        }
    }
}

extension LedgerReader {
    /// The number of the last poll.
    package func lastPoll() throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM poll") ?? 0 }
    }

    /// The first poll after a number that is about an entity (also if a payment has turned out to be an operation), or
    /// about the payment that it belongs to.
    package func poll(about thing: Named, after number: Int64) throws -> ViewRow? {
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
