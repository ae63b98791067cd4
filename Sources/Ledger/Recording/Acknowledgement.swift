package import Payments

/// The columns of an anomaly that are needed to close it.
struct AnomalyRow {
    /// `nil` if none is open.
    let id: Int64?
    let account: Int64
    let kind: String
    let payment: Int64?
    let checkout: Int64?
    let subscription: Int64?
    let callback: Int64?
}

extension LedgerTransaction {
    mutating func acknowledge(
        _ number: Int64,
        note: String,
        at now: Timestamp
    ) throws -> Result<AcknowledgementResult, AcknowledgementError> {
        let row = try statements.row(
            """
            SELECT anomaly.id, anomaly.account, kind, payment, checkout, subscription, callback, resolution, account.name,
                   (SELECT payment_id FROM payment WHERE payment.id = anomaly.payment)
            FROM anomaly JOIN account ON account.id = anomaly.account WHERE anomaly.id = ?
            """,
            [number]
        )
        guard let row, let kind = AnomalyKind(rawValue: row[2]) else { return .failure(.unknownAnomaly) }
        if let resolution = row[7] as String? { return .failure(.isClosed(resolution: resolution)) }
        let (account, payment): (String, String?) = (row[8], row[9])
        let instruction = try close(AnomalyRow(row), note: note, at: inOrder(now))
        return .success(
            AcknowledgementResult(instruction: instruction, kind: kind, account: account, paymentID: payment)
        )
    }

    /// Closes the open anomaly of this kind on an entity once more, in a replay. The instruction is recorded even if none
    /// is open: later rules may know what was a contradiction to those before.
    mutating func acknowledge(_ again: RecordedAcknowledgement, at now: Timestamp) throws {
        let row = try statements.row(
            """
            SELECT id, account, kind, payment, checkout, subscription, callback FROM anomaly
            WHERE account = ?1 AND kind = ?2 AND closed_at IS NULL
              AND payment IS NOT DISTINCT FROM (SELECT id FROM payment WHERE payment_id = ?3 AND account = ?1)
              AND checkout IS NOT DISTINCT FROM (SELECT id FROM checkout WHERE token = ?4 AND account = ?1)
              AND subscription IS NOT DISTINCT FROM
                  (SELECT id FROM subscription WHERE subscription_id = ?5 AND account = ?1)
              AND (callback = ?6 OR ?6 IS NULL)
            """,
            [again.account, again.kind, again.paymentID, again.token, again.subscriptionID, again.callback]
        )
        let anomaly =
            try row
            ?? statements.row(
                """
                SELECT NULL, CAST(?1 AS bigint), CAST(?2 AS text),
                       (SELECT id FROM payment WHERE payment_id = ?3 AND account = ?1),
                       (SELECT id FROM checkout WHERE token = ?4 AND account = ?1),
                       (SELECT id FROM subscription WHERE subscription_id = ?5 AND account = ?1), CAST(?6 AS bigint)
                """,
                [again.account, again.kind, again.paymentID, again.token, again.subscriptionID, again.callback]
            )
        if let anomaly { _ = try close(AnomalyRow(anomaly), note: again.note, at: now) }
    }

    private mutating func close(_ anomaly: AnomalyRow, note: String, at now: Timestamp) throws -> Int64 {
        let number = try knownNumber ?? InstructionRows.nextID(in: statements)
        let position = try position()
        try statements.execute(
            """
            INSERT INTO instruction (id, account, given_at, command, payment, checkout, subscription, callback, kind, note,
                                     after_callback, after_poll)
            VALUES (?, ?, ?, 'acknowledge', ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                number, anomaly.account, now.milliseconds, anomaly.payment, anomaly.checkout, anomaly.subscription,
                anomaly.isOnNothingKnown ? anomaly.callback : nil, anomaly.kind, note, position.callback, position.poll,
            ]
        )
        guard let id = anomaly.id else { return number }
        try statements.execute(
            "UPDATE anomaly SET closed_at = ?, resolution = ?, acknowledged = ? WHERE id = ?",
            [now.milliseconds, note, number, id]
        )
        if anomaly.kind == AnomalyKind.conflict.rawValue {
            try statements.execute(
                """
                UPDATE operation SET contest = CASE contest WHEN 'unlisted' THEN 'dismissed' END
                WHERE payment = ? AND contest <> 'dismissed'
                """,
                [anomaly.payment]
            )
        }
        return number
    }
}

extension AnomalyRow {
    fileprivate init(_ row: Row) {
        id = row[0]
        account = row[1]
        kind = row[2]
        payment = row[3]
        checkout = row[4]
        subscription = row[5]
        callback = row[6]
    }

    fileprivate var isOnNothingKnown: Bool { payment == nil && checkout == nil && subscription == nil }
}

/// The result of closing an anomaly, once it is durable.
package struct AcknowledgementResult: Sendable, Equatable {
    /// The number of the instruction: `operator:N` is evidence.
    package let instruction: Int64
    package let kind: AnomalyKind
    package let account: String
    /// The payment that it was open on; `nil` if it was open on a checkout, a subscription or a callback.
    package let paymentID: String?

    package init(instruction: Int64, kind: AnomalyKind, account: String, paymentID: String?) {
        self.instruction = instruction
        self.kind = kind
        self.account = account
        self.paymentID = paymentID
    }
}

/// Why an anomaly was not closed; nothing was changed.
package enum AcknowledgementError: Error, Equatable {
    case unknownAnomaly
    /// It is closed already, with this resolution.
    case isClosed(resolution: String)
    case notRecorded(RecordingError)
}

extension Ledger {
    /// Closes an anomaly because a person says that it has been dealt with. The same contradiction opens it again only
    /// with new evidence.
    ///
    /// - Parameters:
    ///   - anomaly: its number in the view `anomalies`.
    ///   - note: the reason; it becomes the anomaly's resolution.
    package func acknowledge(
        _ anomaly: Int64,
        note: String,
        at now: Timestamp
    ) async throws(AcknowledgementError) -> AcknowledgementResult {
        let result: Result<AcknowledgementResult, AcknowledgementError>
        do throws(RecordingError) {
            result = try await perform { try $0.acknowledge(anomaly, note: note, at: now) }
        } catch {
            throw .notRecorded(error)
        }
        return try result.get()
    }
}
