import GRDB
import Payments

/// A payment beside its row, and how it stood when it was read.
struct StoredPayment {
    /// `nil` until it is written for the first time.
    var id: Int64?
    var payment: Payment
    private(set) var before: Payment?

    init(id: Int64, payment: Payment) {
        self.id = id
        self.payment = payment
        before = payment
    }

    init(new payment: Payment) {
        self.payment = payment
    }

    /// Whether something of it is to be asked about at once that was not before.
    var hasNewWish: Bool {
        let before = Dictionary(
            (self.before?.operations ?? []).map { ($0.id, $0.asking.wishedAt) },
            uniquingKeysWith: { first, _ in first }
        )
        return (payment.asking.wishedAt != nil && payment.asking.wishedAt != self.before?.asking.wishedAt)
            || payment.operations.contains { $0.asking.wishedAt != nil && $0.asking.wishedAt != before[$0.id] ?? nil }
    }

    var savedID: Int64 {
        get throws(RecordingError) {
            guard let id else { throw .isRefused(reason: "payment was not saved") }
            return id
        }
    }
}

/// The rows of payments.
enum PaymentRows {
    /// The payment that a report is about, known or new; `nil` where the report names none.
    ///
    /// A child is found by its own uid, then by its parent's; if neither is known, the payment is named after the parent until
    /// the gateway tells more.
    static func find(
        for report: Report,
        of account: AccountRow,
        at now: Moment,
        in statements: Statements
    ) throws -> StoredPayment? {
        if let payment = report.payment {
            let stored = try find(payment.id, of: account, in: statements)
            // A child's own body need not name its parent: what is known as an operation is no payment.
            guard stored.id == nil, account.isFolded else { return stored }
            return try find(named: payment.id, of: account, in: statements)
        }
        guard let operation = report.operations.first, let parent = operation.parentID else { return nil }
        let known =
            try OperationRows.payment(of: operation.id, in: account, statements)
            ?? OperationRows.payment(of: parent, in: account, statements)
        guard let known, var stored = try read(known, of: account, in: statements) else {
            return try find(parent, of: account, in: statements)
        }
        try adopt(operation.id, into: &stored, of: account, at: now, in: statements)
        return stored
    }

    static func find(_ paymentID: String, of account: AccountRow, in statements: Statements) throws -> StoredPayment {
        let known = try statements.number(
            "SELECT coalesce(merged_into, id) FROM payment WHERE payment_id = ? AND account = ?",
            [paymentID, account.id]
        )
        guard
            let id = known,
            let stored = try read(id, of: account, in: statements)
        else {
            return StoredPayment(new: Payment(id: paymentID, isFolded: account.isFolded))
        }
        return stored
    }

    /// The payment of a name that a person gave: its own, or that of one of its operations; new if neither is known.
    static func find(named name: String, of account: AccountRow, in statements: Statements) throws -> StoredPayment {
        let stored = try find(name, of: account, in: statements)
        guard stored.id == nil, let holder = try OperationRows.payment(of: name, in: account, statements) else {
            return stored
        }
        return try read(holder, of: account, in: statements) ?? stored
    }

    /// The payment that holds an operation, also if it has moved since a row was read.
    static func holder(
        of operationID: String,
        read known: Int64,
        of account: AccountRow,
        in statements: Statements
    ) throws -> StoredPayment? {
        let holder = try OperationRows.payment(of: operationID, in: account, statements)
        return try read(holder ?? known, of: account, in: statements)
    }

    /// Where what a question is about is now: a payment may have turned out to be an operation of another one.
    static func place(of question: DueQuestion, in statements: Statements) throws -> DueQuestion.Place {
        guard case .payment(let row) = question.place,
            let holder = try statements.number("SELECT merged_into FROM payment WHERE id = ?", [row])
        else { return question.place }
        return .operation(id: question.entity.id, payment: holder)
    }

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

    /// A child whose uid was taken for a root (its own child came first): its operations move here, and the payment that was
    /// named after it is kept as merged, for history refers to it.
    private static func adopt(
        _ operationID: String,
        into stored: inout StoredPayment,
        of account: AccountRow,
        at now: Moment,
        in statements: Statements
    ) throws {
        guard operationID != stored.payment.id, let id = stored.id else { return }
        let other = try statements.number(
            "SELECT id FROM payment WHERE payment_id = ? AND account = ? AND merged_into IS NULL",
            [operationID, account.id]
        )
        guard let other else { return }
        try statements.execute("UPDATE OR IGNORE operation SET payment = ? WHERE payment = ?", [id, other])
        // What is known under both stays where it was, for history refers to it, and is asked about once.
        try statements.execute(
            """
            UPDATE operation SET reconciliation = 'done', next_poll_at = NULL, wished_at = NULL WHERE payment = ?
            """,
            [other]
        )
        try AnomalyRows.move(from: other, to: id, at: now, in: statements)
        try statements.execute("UPDATE payment SET merged_into = ? WHERE merged_into = ?", [id, other])
        try statements.execute(
            """
            UPDATE payment SET merged_into = ?, reconciliation = 'done', next_poll_at = NULL, wished_at = NULL
            WHERE id = ?
            """,
            [id, other]
        )
        stored.payment.operations = try OperationRows.read(of: id, in: statements)
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
