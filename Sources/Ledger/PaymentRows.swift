import GRDB
import Payments

/// The rows of payments.
enum PaymentRows {
    /// Writes what changed, and tells the number of the row.
    static func save(
        _ stored: inout StoredPayment,
        of account: AccountRow,
        _ evidence: EvidenceID,
        in statements: Statements
    ) throws -> Int64 {
        let id: Int64
        if let known = stored.id {
            id = known
            try update(id, stored.payment, before: stored.before, evidence, in: statements)
        } else {
            id = try insert(stored.payment, of: account, evidence, in: statements)
            stored.id = id
        }
        let known = stored.before?.operations ?? []
        for operation in stored.payment.operations where !known.contains(operation) {
            try OperationRows.save(operation, of: id, account, at: evidence.at, in: statements)
        }
        return id
    }

    static func read(_ id: Int64, of account: AccountRow, in statements: Statements) throws -> StoredPayment? {
        let row = try statements.row(
            """
            SELECT payment_id, reference, checkout_token, type, method, status, state, amount_minor, currency,
                   initial_amount_minor, surcharge_minor, refunded_minor, captured_minor, test, code, message,
                   gateway_updated_at, held, reconciliation, next_poll_at, attempt, wished_at, asking_since,
                   expected_amount_minor, expected_currency, watched_reference
            FROM payment WHERE id = ?
            """,
            [id]
        )
        guard let row else { return nil }
        var payment = Payment(id: row[0], isFolded: account.isFolded)
        payment.isNew = false
        payment.reference = row[1] ?? (account.isFolded ? nil : payment.id)
        payment.checkoutToken = row[2]
        payment.type = row[3]
        payment.method = row[4]
        payment.line = Line(
            status: Status(word: row[5], state: try State(stored: row[6])),
            amounts: Amounts(amount: row[7], currency: row[8], refunded: row[11]),
            gatewayTime: Moment(stored: row[16]),
            isHeld: row[17]
        )
        payment.initialAmount = row[9]
        payment.surcharge = row[10]
        payment.captured = row[12]
        payment.isTest = row[13]
        payment.code = row[14]
        payment.message = row[15]
        payment.asking = try Asking(
            phase: row[18],
            nextPollAt: row[19],
            attempt: row[20],
            wishedAt: row[21],
            since: row[22]
        )
        payment.expectation = Expectation(reference: row[25], amount: row[23], currency: row[24])
        payment.operations = try OperationRows.read(of: id, in: statements)
        return StoredPayment(id: id, payment: payment)
    }

    private static func insert(
        _ payment: Payment,
        of account: AccountRow,
        _ evidence: EvidenceID,
        in statements: Statements
    ) throws -> Int64 {
        try statements.execute(
            """
            INSERT INTO payment (account, payment_id, reference, checkout_token, type, method, status, state,
                                 amount_minor, currency, initial_amount_minor, surcharge_minor, refunded_minor,
                                 captured_minor, test, code, message, gateway_updated_at, held, reconciliation,
                                 next_poll_at, attempt, wished_at, asking_since, expected_amount_minor,
                                 expected_currency, watched_reference, first_seen_at, updated_at, last_source)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                account.id, payment.id, payment.separateReference, payment.checkoutToken, payment.type, payment.method,
                payment.line.status.word, payment.state.rawValue, payment.line.amounts.amount,
                payment.line.amounts.currency,
                payment.initialAmount, payment.surcharge, payment.line.amounts.refunded, payment.captured,
                payment.isTest,
                payment.code, payment.message, payment.line.gatewayTime?.milliseconds, payment.line.isHeld,
                payment.asking.phase.rawValue, payment.asking.nextPollAt?.milliseconds, payment.asking.attempt,
                payment.asking.wishedAt?.milliseconds, payment.asking.since?.milliseconds, payment.expectation.amount,
                payment.expectation.currency, payment.expectation.reference, evidence.at.milliseconds,
                evidence.at.milliseconds, evidence.source.rawValue,
            ]
        )
        return statements.database.lastInsertedRowID
    }

    private static func update(
        _ id: Int64,
        _ payment: Payment,
        before: Payment?,
        _ evidence: EvidenceID,
        in statements: Statements
    ) throws {
        guard payment != before else { return }
        let isBelievedAnew = payment.line.status != before?.line.status || payment.line.amounts != before?.line.amounts
        try statements.execute(
            """
            UPDATE payment SET reference = ?, checkout_token = ?, type = ?, method = ?, status = ?, state = ?,
                amount_minor = ?, currency = ?, initial_amount_minor = ?, surcharge_minor = ?, refunded_minor = ?,
                captured_minor = ?, test = ?, code = ?, message = ?, gateway_updated_at = ?, held = ?,
                reconciliation = ?, next_poll_at = ?, attempt = ?, wished_at = ?, asking_since = ?,
                expected_amount_minor = ?, expected_currency = ?, watched_reference = ?,
                updated_at = iif(?, ?, updated_at), last_source = iif(?, ?, last_source)
            WHERE id = ?
            """,
            [
                payment.separateReference, payment.checkoutToken, payment.type, payment.method,
                payment.line.status.word,
                payment.state.rawValue, payment.line.amounts.amount, payment.line.amounts.currency,
                payment.initialAmount,
                payment.surcharge, payment.line.amounts.refunded, payment.captured, payment.isTest, payment.code,
                payment.message, payment.line.gatewayTime?.milliseconds, payment.line.isHeld,
                payment.asking.phase.rawValue,
                payment.asking.nextPollAt?.milliseconds, payment.asking.attempt, payment.asking.wishedAt?.milliseconds,
                payment.asking.since?.milliseconds, payment.expectation.amount, payment.expectation.currency,
                payment.expectation.reference,
                isBelievedAnew, evidence.at.milliseconds, isBelievedAnew, evidence.source.rawValue, id,
            ]
        )
    }
}

extension Payment {
    /// The reference where it is not the payment's own id, which needs no index of its own.
    fileprivate var separateReference: String? { reference == id && !isFolded ? nil : reference }
}
