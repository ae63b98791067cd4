import Payments

/// A checkout and its row number.
struct StoredCheckout {
    var id: Int64?
    var checkout: Checkout
}

/// The rows of eComCharge's payment tokens.
enum CheckoutRows {
    /// Takes the token and the account.
    static let ofToken: StaticString = """
        SELECT id, reference, status, state, finished, expired, test, amount_minor, currency, payment_id, held,
               reconciliation, next_poll_at, attempt, wished_at, asking_since, expected_amount_minor,
               expected_currency, watched_reference, expires_at
        FROM checkout WHERE token = ? AND account = ?
        """

    static let linking: StaticString = "UPDATE checkout SET payment_id = ? WHERE id = ? AND payment_id IS NULL"

    static let saving: StaticString = """
        INSERT INTO checkout (account, token, reference, status, state, finished, expired, test, amount_minor,
                              currency, payment_id, held, reconciliation, next_poll_at, attempt, wished_at,
                              asking_since, expected_amount_minor, expected_currency, watched_reference,
                              expires_at, first_seen_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (token, account) DO UPDATE SET
            reference = excluded.reference, status = excluded.status, state = excluded.state,
            finished = excluded.finished, expired = excluded.expired, test = excluded.test,
            amount_minor = excluded.amount_minor, currency = excluded.currency, payment_id = excluded.payment_id,
            held = excluded.held, reconciliation = excluded.reconciliation, next_poll_at = excluded.next_poll_at,
            attempt = excluded.attempt, wished_at = excluded.wished_at, asking_since = excluded.asking_since,
            expected_amount_minor = excluded.expected_amount_minor, expected_currency = excluded.expected_currency,
            watched_reference = excluded.watched_reference, expires_at = excluded.expires_at, updated_at = excluded.updated_at
        RETURNING id
        """

    static func find(_ token: String, of account: AccountRow, in statements: any Statements) throws -> StoredCheckout {
        var checkout = Checkout(token: token)
        let row = try statements.row(
            ofToken,
            [token, account.id]
        )
        guard let row else {
            return StoredCheckout(checkout: checkout)
        }
        checkout.isNew = false
        checkout.reference = row[1]
        checkout.tracked = TrackedStatus(
            status: Status(word: row[2], state: try State(stored: row[3])),
            amounts: Amounts(amount: row[7], currency: row[8]),
            isHeld: row[10]
        )
        checkout.isFinished = row[4]
        checkout.isExpired = row[5]
        checkout.isTest = row[6]
        checkout.paymentID = row[9]
        checkout.pollState = try PollState(
            phase: row[11],
            nextPollAt: row[12],
            attempt: row[13],
            requestedAt: row[14],
            since: row[15]
        )
        checkout.expectation = Expectation(reference: row[18], amount: row[16], currency: row[17])
        checkout.expiresAt = Timestamp(stored: row[19])
        return StoredCheckout(id: row[0], checkout: checkout)
    }

    /// Stores the payment that the token led to, if no answer has named one yet.
    static func link(_ id: Int64, to paymentID: String, in statements: any Statements) throws {
        try statements.execute(
            linking,
            [paymentID, id]
        )
    }

    static func save(_ stored: StoredCheckout, in context: RecordContext) throws -> Int64 {
        let evidence = context.evidence
        let checkout = stored.checkout
        let id = try context.statements.number(
            saving,
            [
                context.account.id, checkout.token, checkout.reference, checkout.tracked.status.word,
                checkout.tracked.status.state.rawValue, checkout.isFinished, checkout.isExpired, checkout.isTest,
                checkout.tracked.amounts.amount, checkout.tracked.amounts.currency, checkout.paymentID,
                checkout.tracked.isHeld,
                checkout.pollState.phase.rawValue, checkout.pollState.nextPollAt?.milliseconds,
                checkout.pollState.attempt,
                checkout.pollState.requestedAt?.milliseconds, checkout.pollState.since?.milliseconds,
                checkout.expectation.amount, checkout.expectation.currency, checkout.expectation.reference,
                checkout.expiresAt?.milliseconds, evidence.at.milliseconds, evidence.at.milliseconds,
            ]
        )
        guard let id else { throw RecordingError.isRefused(reason: "a checkout was not written") }
        return id
    }
}
