import GRDB

/// Holds what cannot be derived from bodies any more against the transitions: the last one says how a thing stands.
enum FoldCheck {
    /// Adds what stands otherwise than its last transition says.
    static func check(in database: Database, into findings: inout Findings) throws {
        for (table, sql) in queries {
            let rows = try Row.fetchCursor(database, sql: sql)
            while let row = try rows.next() {
                let columns = ["state", "status", "amount_minor", "refunded_minor"].prefix((row.count - 1) / 2)
                for (index, column) in columns.enumerated() {
                    let stored: String? = row[1 + 2 * index]
                    let told: String? = row[2 + 2 * index]
                    guard stored != told else { continue }
                    findings.add(
                        Difference(table: table, key: row[0], column: column, stored: stored, derived: told)
                    )
                }
            }
        }
    }

    private static let queries = [
        (
            "payment",
            """
            SELECT account.name || '/' || payment_id, state, to_state, status, to_status,
                   CAST(payment.amount_minor AS TEXT), CAST(last.amount_minor AS TEXT),
                   CAST(payment.refunded_minor AS TEXT), CAST(last.refunded_minor AS TEXT)
            FROM main.payment JOIN main.account ON account.id = payment.account
            LEFT JOIN main.transition AS last ON last.seq = (
                SELECT max(seq) FROM main.transition AS one WHERE one.payment = payment.id AND one.operation_id IS NULL)
            WHERE payment.id IN temp.kept_payment AND merged_into IS NULL
              AND (state, status, payment.amount_minor, payment.refunded_minor)
                  IS NOT (to_state, to_status, last.amount_minor, last.refunded_minor)
            """
        ),
        (
            "operation",
            """
            SELECT account.name || '/' || payment_id || '/' || operation.operation_id, operation.state, to_state,
                   operation.status, to_status, CAST(operation.amount_minor AS TEXT), CAST(last.amount_minor AS TEXT)
            FROM main.operation JOIN main.payment ON payment.id = operation.payment
            JOIN main.account ON account.id = payment.account
            LEFT JOIN main.transition AS last ON last.seq = (
                SELECT max(seq) FROM main.transition AS one WHERE one.operation_id = operation.operation_id
                AND one.payment IN (SELECT id FROM main.payment AS other
                                    WHERE other.id = operation.payment OR other.merged_into = operation.payment))
            WHERE payment.id IN temp.kept_payment AND merged_into IS NULL
              AND (operation.state, operation.status, operation.amount_minor)
                  IS NOT (to_state, to_status, last.amount_minor)
            """
        ),
        (
            "checkout",
            """
            SELECT account.name || '/' || token, state, to_state, status, to_status,
                   CAST(checkout.amount_minor AS TEXT), CAST(last.amount_minor AS TEXT)
            FROM main.checkout JOIN main.account ON account.id = checkout.account
            LEFT JOIN main.transition AS last ON last.seq = (
                SELECT max(seq) FROM main.transition AS one WHERE one.checkout = checkout.id)
            WHERE checkout.id IN temp.kept_checkout
              AND (state, status, checkout.amount_minor) IS NOT (to_state, to_status, last.amount_minor)
            """
        ),
        (
            "subscription",
            """
            SELECT account.name || '/' || subscription_id, state, to_state, status, to_status,
                   CAST(subscription.amount_minor AS TEXT), CAST(last.amount_minor AS TEXT)
            FROM main.subscription JOIN main.account ON account.id = subscription.account
            LEFT JOIN main.transition AS last ON last.seq = (
                SELECT max(seq) FROM main.transition AS one WHERE one.subscription = subscription.id)
            WHERE subscription.id IN temp.kept_subscription
              AND (state, status, subscription.amount_minor) IS NOT (to_state, to_status, last.amount_minor)
            """
        ),
    ]
}
