import GRDB
import Payments

/// The row of a history's subject.
struct HistoryLookup {
    let payment: Int64?
    let checkout: Int64?
    let subscription: Int64?
    let account: String
    let gateway: String
    let id: String

    static func found(by name: String, account: String?, in database: Database) throws -> [HistoryLookup] {
        let payments = try Row.fetchAll(
            database,
            sql: """
                SELECT payment.id, NULL, NULL, account.name, account.gateway, payment.payment_id
                FROM payment JOIN account ON account.id = payment.account
                WHERE merged_into IS NULL AND (?2 IS NULL OR account.name = ?2) AND payment.id IN (
                    SELECT id FROM payment WHERE payment_id = ?1
                    UNION SELECT id FROM payment WHERE reference = ?1
                    UNION SELECT id FROM payment WHERE watched_reference = ?1
                    UNION SELECT id FROM payment WHERE checkout_token = ?1
                    UNION SELECT payment FROM operation WHERE operation_id = ?1)
                ORDER BY payment.first_seen_at LIMIT 20
                """,
            arguments: [name, account]
        )
        let others = try Row.fetchAll(
            database,
            sql: """
                SELECT NULL, checkout.id, NULL, account.name, account.gateway, checkout.token
                FROM checkout JOIN account ON account.id = checkout.account
                WHERE token = ?1 AND (?2 IS NULL OR account.name = ?2)
                UNION ALL
                SELECT NULL, NULL, subscription.id, account.name, account.gateway, subscription.subscription_id
                FROM subscription JOIN account ON account.id = subscription.account
                WHERE subscription_id = ?1 AND (?2 IS NULL OR account.name = ?2)
                LIMIT 20
                """,
            arguments: [name, account]
        )
        guard payments.isEmpty, others.isEmpty else { return (payments + others).map(HistoryLookup.init) }
        // No index: only a person who knows no better name waits for this.
        return try Row.fetchAll(
            database,
            sql: """
                SELECT NULL, checkout.id, NULL, account.name, account.gateway, checkout.token
                FROM checkout JOIN account ON account.id = checkout.account
                WHERE (checkout.reference = ?1 OR checkout.watched_reference = ?1) AND (?2 IS NULL OR account.name = ?2) LIMIT 20
                """,
            arguments: [name, account]
        ).map(HistoryLookup.init)
    }

    private init(_ row: Row) {
        payment = row[0]
        checkout = row[1]
        subscription = row[2]
        account = row[3]
        gateway = row[4]
        id = row[5]
    }

    var entity: Entity {
        if payment != nil { return .payment(id: id) }
        return checkout != nil ? .checkout(token: id) : .subscription(id: id)
    }
}

extension LedgerReader {
    /// The histories of everything that a name refers to: a payment by its id, reference, token or one of its
    /// operations; a checkout that has not led to a payment yet, by its token or reference; a subscription.
    package func histories(named name: String, account: String?) throws -> [History] {
        try read { database in
            try HistoryLookup.found(by: name, account: account, in: database).map { try $0.history(in: database) }
        }
    }
}
