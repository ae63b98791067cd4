import Payments

/// The rows of operations, which belong to a payment.
enum OperationRows {
    /// Takes the operation's id and the account.
    static let holder: StaticString = """
        SELECT operation.payment FROM operation JOIN payment ON payment.id = operation.payment
        WHERE operation.operation_id = ? AND payment.account = ? AND payment.merged_into IS NULL
        """

    static let ofPayment: StaticString = """
        SELECT operation_id, kind, parent_id, type, status, state, nuance, amount_minor, currency, contest, code,
               message, decline, rrn, auth_code, receipt_url, test, gateway_created_at, gateway_updated_at,
               corrected_at, held, reconciliation, next_poll_at, attempt, wished_at, asking_since
        FROM operation WHERE payment = ? ORDER BY first_seen_at, operation_id
        """

    static let saving: StaticString = """
        INSERT INTO operation (account, payment, operation_id, kind, parent_id, type, status, state, nuance,
                               amount_minor, currency, contest, code, message, decline, rrn, auth_code,
                               receipt_url, test, gateway_created_at, gateway_updated_at, corrected_at, held,
                               reconciliation, next_poll_at, attempt, wished_at, asking_since, first_seen_at,
                               updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (payment, operation_id) DO UPDATE SET
            kind = excluded.kind, parent_id = excluded.parent_id, type = excluded.type,
            updated_at = CASE WHEN operation.status IS NOT DISTINCT FROM excluded.status
                               AND operation.state = excluded.state
                               AND operation.amount_minor IS NOT DISTINCT FROM excluded.amount_minor
                              THEN operation.updated_at ELSE excluded.updated_at END,
            status = excluded.status, state = excluded.state, nuance = excluded.nuance,
            amount_minor = excluded.amount_minor, currency = excluded.currency, contest = excluded.contest,
            code = excluded.code, message = excluded.message, decline = excluded.decline, rrn = excluded.rrn,
            auth_code = excluded.auth_code, receipt_url = excluded.receipt_url, test = excluded.test,
            gateway_created_at = excluded.gateway_created_at, gateway_updated_at = excluded.gateway_updated_at,
            corrected_at = excluded.corrected_at, held = excluded.held,
            reconciliation = excluded.reconciliation, next_poll_at = excluded.next_poll_at,
            attempt = excluded.attempt, wished_at = excluded.wished_at, asking_since = excluded.asking_since
        """

    /// The payment that holds an operation of this id.
    static func payment(
        of operationID: String,
        of account: AccountRow,
        in statements: any Statements
    ) throws -> Int64? {
        try statements.number(
            holder,
            [operationID, account.id]
        )
    }

    /// Whether a payment that is not merged into another holds an operation of this id.
    static func isHeld(_ operationID: String, by payment: Int64, in statements: any Statements) throws -> Bool {
        try statements.number(
            """
            SELECT EXISTS (SELECT 1 FROM operation JOIN payment ON payment.id = operation.payment
                           WHERE operation.payment = ? AND operation_id = ? AND merged_into IS NULL)
            """,
            [payment, operationID]
        ) == 1
    }

    /// The operations of a payment, in the order in which they were first seen.
    static func read(of payment: Int64, in statements: any Statements) throws -> [Operation] {
        let rows = try statements.rows(
            ofPayment,
            [payment]
        )
        var operations: [Operation] = []
        for row in rows {
            let kind: String = row[1]
            var operation = Operation(
                id: row[0],
                kind: OperationKind(rawValue: kind) ?? .unknown,
                tracked: TrackedStatus(
                    status: try Status(word: row[4], state: row[5], nuance: row[6]),
                    amounts: Amounts(amount: row[7], currency: row[8]),
                    gatewayTime: Timestamp(stored: row[18]),
                    correctedAt: Timestamp(stored: row[19]),
                    isHeld: row[20]
                ),
                pollState: try PollState(
                    phase: row[21],
                    nextPollAt: row[22],
                    attempt: row[23],
                    requestedAt: row[24],
                    since: row[25]
                )
            )
            operation.parentID = row[2]
            operation.type = row[3]
            operation.contest = (row[9] as String?).flatMap(Contest.init(rawValue:)) ?? .none
            operation.code = row[10]
            operation.message = row[11]
            operation.decline = (row[12] as String?).flatMap(Decline.init(rawValue:))
            operation.rrn = row[13]
            operation.authCode = row[14]
            operation.receiptURL = row[15]
            operation.isTest = row[16]
            operation.createdAt = Timestamp(stored: row[17])
            operations.append(operation)
        }
        return operations
    }

    static func save(_ operation: Operation, of payment: Int64, in context: RecordContext) throws {
        let now = context.evidence.at
        try context.statements.execute(
            saving
        ) {
            context.account.id
            payment
            operation.id
            operation.kind.rawValue
            operation.parentID
            operation.type
            operation.tracked.status.word
            operation.state.rawValue
            operation.tracked.status.nuance?.rawValue
            operation.amount
            operation.tracked.amounts.currency
            operation.contest == .none ? nil : operation.contest.rawValue
            operation.code
            operation.message
            operation.decline?.rawValue
            operation.rrn
            operation.authCode
            operation.receiptURL
            operation.isTest
            operation.createdAt?.milliseconds
            operation.tracked.gatewayTime?.milliseconds
            operation.tracked.correctedAt?.milliseconds
            operation.tracked.isHeld
            operation.pollState.phase.rawValue
            operation.pollState.nextPollAt?.milliseconds
            operation.pollState.attempt
            operation.pollState.requestedAt?.milliseconds
            operation.pollState.since?.milliseconds
            now.milliseconds
            now.milliseconds
        }
    }
}
