import Payments

/// A subscription and its row number.
struct StoredSubscription {
    var id: Int64?
    var subscription: Subscription
}

/// The rows of eComCharge's subscriptions.
enum SubscriptionRows {
    static func find(_ id: String, of account: AccountRow, in statements: any Statements) throws -> StoredSubscription {
        var subscription = Subscription(id: id)
        let row = try statements.row(
            """
            SELECT id, reference, status, state, judged, event, plan, amount_minor, currency, payment_id, paid_cycles,
                   gateway_updated_at, renews_at, active_until, held, next_poll_at, attempt, wished_at, asking_since
            FROM subscription WHERE subscription_id = ? AND account = ?
            """,
            [id, account.id]
        )
        guard let row else {
            return StoredSubscription(subscription: subscription)
        }
        subscription.isNew = false
        subscription.reference = row[1]
        subscription.tracked = TrackedStatus(
            status: Status(word: row[2], state: try State(stored: row[4])),
            amounts: Amounts(amount: row[7], currency: row[8]),
            gatewayTime: Timestamp(stored: row[11]),
            isHeld: row[14]
        )
        subscription.standing = SubscriptionState(rawValue: row[3]) ?? .unknown
        subscription.event = row[5]
        subscription.plan = row[6]
        subscription.paymentID = row[9]
        subscription.paidCycles = row[10]
        subscription.renewsAt = Timestamp(stored: row[12])
        subscription.activeUntil = Timestamp(stored: row[13])
        subscription.pollState = try PollState(
            phase: row[15] as Int64? == nil ? "done" : "scheduled",
            nextPollAt: row[15],
            attempt: row[16],
            requestedAt: row[17],
            since: row[18]
        )
        return StoredSubscription(id: row[0], subscription: subscription)
    }

    static func save(_ stored: StoredSubscription, in context: RecordContext) throws -> Int64 {
        let evidence = context.evidence
        let subscription = stored.subscription
        let id = try context.statements.number(
            """
            INSERT INTO subscription (account, subscription_id, reference, status, state, judged, event, plan,
                                      amount_minor, currency, payment_id, paid_cycles, gateway_updated_at, renews_at,
                                      active_until, held, next_poll_at, attempt, wished_at, asking_since,
                                      first_seen_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (subscription_id, account) DO UPDATE SET
                reference = excluded.reference, status = excluded.status, state = excluded.state,
                judged = excluded.judged, event = excluded.event, plan = excluded.plan,
                amount_minor = excluded.amount_minor, currency = excluded.currency, payment_id = excluded.payment_id,
                paid_cycles = excluded.paid_cycles, gateway_updated_at = excluded.gateway_updated_at,
                renews_at = excluded.renews_at, active_until = excluded.active_until,
                held = excluded.held, next_poll_at = excluded.next_poll_at, attempt = excluded.attempt,
                wished_at = excluded.wished_at, asking_since = excluded.asking_since, updated_at = excluded.updated_at
            RETURNING id
            """,
            [
                context.account.id, subscription.id, subscription.reference, subscription.tracked.status.word,
                subscription.standing.rawValue, subscription.tracked.status.state.rawValue, subscription.event,
                subscription.plan, subscription.tracked.amounts.amount, subscription.tracked.amounts.currency,
                subscription.paymentID, subscription.paidCycles, subscription.tracked.gatewayTime?.milliseconds,
                subscription.renewsAt?.milliseconds, subscription.activeUntil?.milliseconds,
                subscription.tracked.isHeld,
                subscription.pollState.nextPollAt?.milliseconds, subscription.pollState.attempt,
                subscription.pollState.requestedAt?.milliseconds, subscription.pollState.since?.milliseconds,
                evidence.at.milliseconds, evidence.at.milliseconds,
            ]
        )
        guard let id else { throw RecordingError.isRefused(reason: "a subscription was not written") }
        return id
    }
}
