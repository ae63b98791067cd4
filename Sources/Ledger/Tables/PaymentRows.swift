import Payments

/// The rows of payments.
enum PaymentRows {
    static let ofNumber: StaticString = """
        SELECT payment_id, reference, checkout_token, type, purpose, method, status, state, nuance, amount_minor,
               currency, initial_amount_minor, surcharge_minor, held_minor, captured_minor, refunded_minor,
               charged_back_minor, paid_out_minor, questioned_sum_minor, test, code, message, card_brand,
               card_last_4, card_expiry, paid_at, settled_at, expires_at, gateway_updated_at, held, reconciliation,
               next_poll_at, attempt, wished_at, asking_since, expected_amount_minor, expected_currency,
               watched_reference, customer_id, card_token, recurring_id, recurring_expires_on
        FROM payment WHERE id = ?
        """

    static let insertion: StaticString = """
        INSERT INTO payment (reference, checkout_token, type, purpose, method, status, state, nuance, amount_minor,
                             currency, initial_amount_minor, surcharge_minor, held_minor, captured_minor,
                             refunded_minor, charged_back_minor, paid_out_minor, balance_minor,
                             questioned_sum_minor, test, code, message, card_brand, card_last_4, card_expiry,
                             paid_at, settled_at, expires_at, gateway_updated_at, held, reconciliation,
                             next_poll_at, attempt, wished_at, asking_since, expected_amount_minor,
                             expected_currency, watched_reference, customer_id, card_token, recurring_id,
                             recurring_expires_on,
                             id, account, payment_id, first_seen_at, updated_at, last_source)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static let updating: StaticString = """
        UPDATE payment SET reference = ?, checkout_token = ?, type = ?, purpose = ?, method = ?, status = ?,
            state = ?, nuance = ?, amount_minor = ?, currency = ?, initial_amount_minor = ?, surcharge_minor = ?,
            held_minor = ?, captured_minor = ?, refunded_minor = ?, charged_back_minor = ?, paid_out_minor = ?,
            balance_minor = ?, questioned_sum_minor = ?, test = ?, code = ?, message = ?, card_brand = ?,
            card_last_4 = ?, card_expiry = ?, paid_at = ?, settled_at = ?, expires_at = ?, gateway_updated_at = ?,
            held = ?, reconciliation = ?, next_poll_at = ?, attempt = ?, wished_at = ?, asking_since = ?,
            expected_amount_minor = ?, expected_currency = ?, watched_reference = ?, customer_id = ?,
            card_token = ?, recurring_id = ?, recurring_expires_on = ?,
            updated_at = coalesce(?, updated_at), last_source = coalesce(?, last_source)
        WHERE id = ?
        """

    /// Writes what changed, and returns the row's number.
    static func save(_ stored: inout StoredPayment, in context: RecordContext) throws -> Int64 {
        let id: Int64
        if let known = stored.id {
            id = known
            try update(id, stored.payment, before: stored.before, in: context)
        } else {
            id = try insert(stored.payment, in: context)
            stored.id = id
        }
        count(&stored, asOpen: !stored.payment.state.isFinal, in: context)
        // An operation keeps its position among the others.
        let known = stored.before?.operations ?? []
        for (index, operation) in stored.payment.operations.enumerated() {
            guard !known.indices.contains(index) || known[index] != operation else { continue }
            try OperationRows.save(operation, of: id, in: context)
        }
        return id
    }

    static func read(_ id: Int64, of account: AccountRow, in statements: any Statements) throws -> StoredPayment? {
        let row = try statements.row(
            ofNumber,
            [id]
        )
        guard let row else { return nil }
        var payment = Payment(id: row[0], isFolded: account.isFolded)
        payment.isNew = false
        payment.reference = row[1] ?? (account.isFolded ? nil : payment.id)
        payment.checkoutToken = row[2]
        payment.type = row[3]
        payment.purpose = try Purpose(stored: row[4])
        payment.method = row[5]
        payment.tracked = TrackedStatus(
            status: try Status(word: row[6], state: row[7], nuance: row[8]),
            amounts: Amounts(
                amount: row[9],
                currency: row[10],
                totals: Totals(
                    held: row[13],
                    captured: row[14],
                    refunded: row[15],
                    chargedBack: row[16],
                    paidOut: row[17]
                )
            ),
            gatewayTime: Timestamp(stored: row[28]),
            isHeld: row[29]
        )
        payment.initialAmount = row[11]
        payment.surcharge = row[12]
        payment.questionedAmount = row[18]
        payment.isTest = row[19]
        payment.code = row[20]
        payment.message = row[21]
        payment.card = Card(brand: row[22], last4: row[23], expiry: row[24])
        payment.paidAt = Timestamp(stored: row[25])
        payment.settledAt = Timestamp(stored: row[26])
        payment.expiresAt = Timestamp(stored: row[27])
        payment.pollState = try PollState(
            phase: row[30],
            nextPollAt: row[31],
            attempt: row[32],
            requestedAt: row[33],
            since: row[34]
        )
        payment.expectation = Expectation(reference: row[37], amount: row[35], currency: row[36])
        payment.credentials.customerID = row[38]
        payment.credentials.cardToken = row[39]
        payment.credentials.recurringID = row[40]
        payment.credentials.recurringExpiresOn = row[41]
        payment.operations = try OperationRows.read(of: id, in: statements)
        return StoredPayment(id: id, payment: payment)
    }

    private static func insert(_ payment: Payment, in context: RecordContext) throws -> Int64 {
        let id = try context.numbers.nextPayment()
        try context.statements.execute(
            insertion,
            payment.values
        ) {
            id
            context.account.id
            payment.id
            context.evidence.at.milliseconds
            context.evidence.at.milliseconds
            context.evidence.source.rawValue
        }
        return id
    }

    private static func update(
        _ id: Int64,
        _ payment: Payment,
        before: Payment?,
        in context: RecordContext
    ) throws {
        guard payment != before else { return }
        let hasNewStatus =
            payment.tracked.status != before?.tracked.status || payment.tracked.amounts != before?.tracked.amounts
        try context.statements.execute(
            updating,
            payment.values
        ) {
            hasNewStatus ? context.evidence.at.milliseconds : nil
            hasNewStatus ? context.evidence.source.rawValue : nil
            id
        }
    }

    /// Keeps count of an account's open payments: a merged one is none.
    static func count(_ stored: inout StoredPayment, asOpen isOpen: Bool, in context: RecordContext) {
        guard stored.isCountedOpen != isOpen else { return }
        context.opened.add(isOpen ? 1 : -1, to: context.account)
        stored.isCountedOpen = isOpen
    }
}

extension Payment {
    /// The stored values, in the order of the columns in both statements.
    @ArgumentsBuilder fileprivate var values: [SQLValue] {
        separateReference
        checkoutToken
        type
        purpose.rawValue
        method
        tracked.status.word
        state.rawValue
        tracked.status.nuance?.rawValue
        tracked.amounts.amount
        tracked.amounts.currency
        initialAmount
        surcharge
        totals.held
        totals.captured
        totals.refunded
        totals.chargedBack
        totals.paidOut
        totals.balance
        questionedAmount
        isTest
        code
        message
        card.brand
        card.last4
        card.expiry
        paidAt?.milliseconds
        settledAt?.milliseconds
        expiresAt?.milliseconds
        tracked.gatewayTime?.milliseconds
        tracked.isHeld
        pollState.phase.rawValue
        pollState.nextPollAt?.milliseconds
        pollState.attempt
        pollState.requestedAt?.milliseconds
        pollState.since?.milliseconds
        expectation.amount
        expectation.currency
        expectation.reference
        credentials.customerID
        credentials.cardToken
        credentials.recurringID
        credentials.recurringExpiresOn
    }

    /// The reference, unless it is the payment's own id, which needs no separate index.
    fileprivate var separateReference: String? { reference == id && !isFolded ? nil : reference }
}
