import GRDB
import Payments

/// A subscription beside its row.
struct StoredSubscription {
    var id: Int64?
    var subscription: Subscription
}

/// The rows of eComCharge's subscriptions.
enum SubscriptionRows {
    static func find(_ id: String, of account: AccountRow, in statements: Statements) throws -> StoredSubscription {
        var subscription = Subscription(id: id)
        let row = try statements.row(
            """
            SELECT id, status, state, event, plan, amount_minor, currency, payment_id, held, next_poll_at, attempt,
                   wished_at, asking_since
            FROM subscription WHERE subscription_id = ? AND account = ?
            """,
            [id, account.id]
        )
        guard let row else {
            return StoredSubscription(subscription: subscription)
        }
        subscription.isNew = false
        subscription.line = Line(
            status: Status(word: row[1], state: try State(stored: row[2])),
            amounts: Amounts(amount: row[5], currency: row[6]),
            isHeld: row[8]
        )
        subscription.asking = try Asking(
            phase: row[9] == nil ? "done" : "scheduled",
            nextPollAt: row[9],
            attempt: row[10],
            wishedAt: row[11],
            since: row[12]
        )
        subscription.event = row[3]
        subscription.plan = row[4]
        subscription.paymentID = row[7]
        return StoredSubscription(id: row[0], subscription: subscription)
    }

    static func save(
        _ stored: StoredSubscription,
        of account: AccountRow,
        _ evidence: EvidenceID,
        in statements: Statements
    ) throws -> Int64 {
        let subscription = stored.subscription
        let id = try statements.number(
            """
            INSERT INTO subscription (account, subscription_id, status, state, event, plan, amount_minor, currency,
                                      payment_id, held, next_poll_at, attempt, wished_at, asking_since, first_seen_at,
                                      updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (subscription_id, account) DO UPDATE SET
                status = excluded.status, state = excluded.state, event = excluded.event, plan = excluded.plan,
                amount_minor = excluded.amount_minor, currency = excluded.currency, payment_id = excluded.payment_id,
                held = excluded.held, next_poll_at = excluded.next_poll_at, attempt = excluded.attempt,
                wished_at = excluded.wished_at, asking_since = excluded.asking_since, updated_at = excluded.updated_at
            RETURNING id
            """,
            [
                account.id, subscription.id, subscription.line.status.word, subscription.line.status.state.rawValue,
                subscription.event, subscription.plan, subscription.line.amounts.amount,
                subscription.line.amounts.currency, subscription.paymentID, subscription.line.isHeld,
                subscription.asking.nextPollAt?.milliseconds, subscription.asking.attempt,
                subscription.asking.wishedAt?.milliseconds, subscription.asking.since?.milliseconds,
                evidence.at.milliseconds, evidence.at.milliseconds,
            ]
        )
        guard let id else { throw DatabaseError(message: "a subscription was not written") }
        return id
    }
}
