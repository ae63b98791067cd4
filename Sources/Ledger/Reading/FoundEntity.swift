import Payments

/// An entity that a name refers to.
struct FoundEntity {
    let name: EntityName
    let gateway: String
    let row: EntityRow
    /// The payment that holds it, if it is an operation.
    let holder: String?
    /// How exactly the name means it: 1 for the gateway's own id, 2 for the reference of a payment, 3 for that of a
    /// checkout.
    let rank: Int64
}

extension LedgerReader {
    /// The entities that a name refers to, by its most exact meaning alone: a gateway's own id, otherwise the
    /// merchant's reference of payments, otherwise that of checkouts, of which nothing more may be known yet.
    package func entities(named name: String, account: String?) throws -> [EntityName] {
        try reader.read { statements in
            let found = try FoundEntity.all(named: name, account: account, in: statements)
            return found.filter { $0.rank == found.first?.rank }.map(\.name)
        }
    }

    /// The histories of everything that a name refers to: a payment by its id, reference, token or one of its
    /// operations; a checkout by its token, or, if it has not led to a payment yet, its reference; a subscription.
    package func histories(named name: String, account: String?) throws -> [History] {
        try reader.read { statements in
            var seen: Set<Int64> = []
            return try FoundEntity.all(named: name, account: account, in: statements)
                .filter { found in found.row.payment.map { seen.insert($0).inserted } ?? true }
                .map { try History(of: $0, in: statements) }
        }
    }
}

extension FoundEntity {
    /// The most exact meaning first, and of those the newest, since of many attempts to pay an order the last one matters; the
    /// references of checkouts count only if nothing else is found.
    static func all(named name: String, account: String?, in statements: any Statements) throws -> [FoundEntity] {
        let found = try statements.rows(
            """
            SELECT rank, kind, entity_id, number, holder, account.name, account.gateway FROM (
                SELECT 1 AS rank, 'payment' AS kind, payment_id AS entity_id, id AS number, NULL AS holder,
                       account AS owner, first_seen_at
                FROM payment WHERE payment_id = ?1 AND merged_into IS NULL
                UNION SELECT 1, 'operation', operation_id, payment.id, payment_id, payment.account,
                             payment.first_seen_at
                FROM operation JOIN payment ON payment.id = operation.payment
                WHERE operation_id = ?1 AND payment_id <> ?1 AND merged_into IS NULL
                UNION SELECT 1, 'checkout', token, id, NULL, account, first_seen_at FROM checkout WHERE token = ?1
                UNION SELECT 1, 'subscription', subscription_id, id, NULL, account, first_seen_at
                FROM subscription WHERE subscription_id = ?1
                UNION SELECT 2, 'payment', payment_id, id, NULL, account, first_seen_at
                FROM payment WHERE merged_into IS NULL AND id IN (
                    SELECT id FROM payment WHERE reference = ?1
                    UNION SELECT id FROM payment WHERE watched_reference = ?1
                    UNION SELECT id FROM payment WHERE checkout_token = ?1)) AS named
            JOIN account ON account.id = owner WHERE account.name = ?2 OR ?2 IS NULL
            ORDER BY rank, first_seen_at DESC, number DESC LIMIT 20
            """,
            [name, account]
        )
        guard found.isEmpty else { return found.compactMap(FoundEntity.init) }
        // No index: only a person who knows no better name waits for this.
        return try statements.rows(
            """
            SELECT 3, 'checkout', token, checkout.id, NULL, account.name, account.gateway
            FROM checkout JOIN account ON account.id = checkout.account
            WHERE (checkout.reference = ?1 OR checkout.watched_reference = ?1) AND (account.name = ?2 OR ?2 IS NULL)
            ORDER BY checkout.id DESC LIMIT 20
            """,
            [name, account]
        ).compactMap(FoundEntity.init)
    }

    private init?(_ row: Row) {
        guard let entity = Entity(kind: row[1], id: row[2]) else { return nil }
        rank = row[0]
        self.row = EntityRow(of: entity, number: row[3])
        holder = row[4]
        name = EntityName(account: row[5], entity: entity)
        gateway = row[6]
    }

    /// What a history is about: operations are told with their payment.
    var subject: Entity { holder.map { .payment(id: $0) } ?? name.entity }
}
