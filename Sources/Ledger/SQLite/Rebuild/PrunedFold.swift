import GRDB

/// Derives the state of pruned entities, whose bodies are gone, from their last transitions.
///
/// Only the state, its status word and the amounts follow from transitions; the rest stays as it was stored.
enum PrunedFold {
    /// Updates the kept rows of the derived ledger accordingly.
    ///
    /// - Parameter stored: the connection that names the kept rows.
    /// - Throws: ``RebuildError`` if an entity has no transition at all.
    static func run(from stored: Database, on derived: Database) throws {
        for (table, update) in updates {
            let update = try derived.cachedStatement(sql: update)
            let ids = try Int64.fetchCursor(stored, sql: "SELECT id FROM temp.kept_\(table)")
            while let id = try ids.next() {
                do {
                    try update.execute(arguments: [id])
                } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                    let reason = "no transition gives its state"
                    throw RebuildError.isNotDerivable(evidence: "what \(table) \(id) was", reason: reason)
                }
            }
        }
    }

    /// Merged payments are left out: no transition records that a payment became an operation of another.
    private static let updates = [
        (
            "payment",
            """
            UPDATE payment SET (state, status, nuance, amount_minor, held_minor, captured_minor, refunded_minor,
                                charged_back_minor, paid_out_minor) = (
                SELECT to_state, to_status, nuance, amount_minor, held_minor, captured_minor, refunded_minor,
                       charged_back_minor, paid_out_minor FROM transition
                WHERE transition.payment = payment.id AND operation_id IS NULL ORDER BY seq DESC LIMIT 1)
            WHERE id = ? AND merged_into IS NULL
            """
        ),
        (
            "payment",
            """
            UPDATE operation SET (state, status, nuance, amount_minor) = (
                SELECT to_state, to_status, nuance, amount_minor FROM transition
                WHERE transition.operation_id = operation.operation_id
                AND transition.payment IN (SELECT id FROM payment AS one
                                           WHERE one.id = operation.payment OR one.merged_into = operation.payment)
                ORDER BY seq DESC LIMIT 1)
            WHERE payment = ? AND (SELECT merged_into FROM payment WHERE id = operation.payment) IS NULL
            """
        ),
        (
            "checkout",
            """
            UPDATE checkout SET (state, status, amount_minor) = (
                SELECT to_state, to_status, amount_minor FROM transition
                WHERE transition.checkout = checkout.id ORDER BY seq DESC LIMIT 1)
            WHERE id = ?
            """
        ),
        (
            "subscription",
            """
            UPDATE subscription SET (state, status, amount_minor) = (
                SELECT to_state, to_status, amount_minor FROM transition
                WHERE transition.subscription = subscription.id ORDER BY seq DESC LIMIT 1)
            WHERE id = ?
            """
        ),
    ]
}
