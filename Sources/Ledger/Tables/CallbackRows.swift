import Payments

/// The rows of authentic callbacks.
enum CallbackRows {
    /// Takes the key of locality, the digest and the account, whose index PostgreSQL would take as long as it knows
    /// nothing of a young table.
    static let ofDigest: StaticString =
        "SELECT id, effect FROM callback WHERE locality = ? AND digest = ? AND account + 0 = ?"

    static let nextNumber: StaticString = "SELECT coalesce(max(id), 0) + 1 FROM callback"

    static let countingDelivery: StaticString = """
        UPDATE callback SET deliveries = deliveries + 1,
            last_received_at = CASE WHEN last_received_at < ?1 THEN ?1 ELSE last_received_at END
        WHERE id = ?2
        """

    /// Binds 21 values, the digest as the 17th and the key of locality as the last.
    static let insertion: StaticString = """
        INSERT INTO callback (id, account, received_at, last_received_at, remote_address, verdict, form, key_id,
                              status, detail, effect, rule, payment, operation_id, checkout, subscription, digest,
                              body, content_type, content_signature, locality)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Counts another delivery of known bytes; returns `nil` if they are new.
    static func redeliver(_ callback: ReceivedCallback, to account: AccountRow, in statements: any Statements) throws
        -> RecordResult?
    {
        let known = try statements.row(
            ofDigest,
            [callback.locality, callback.digest, account.id]
        )
        guard let row = known else { return nil }
        let id: Int64 = row[0]
        let effect: String = row[1]
        try statements.execute(
            countingDelivery,
            [callback.receivedAt.milliseconds, id]
        )
        return RecordResult(callback: id, effect: Effect(rawValue: effect) ?? .unrecognised, isDuplicate: true)
    }

    /// The number that the next callback gets: known before the row is written, because its consequences refer to it.
    static func nextID(in statements: any Statements) throws -> Int64 {
        try statements.number(nextNumber) ?? 1
    }

    /// Records that a callback was authenticated only now. (A separate statement: it is rare, and other callbacks
    /// should not pay for it.)
    static func markReverified(_ id: Int64, at time: Timestamp, in statements: any Statements) throws {
        try statements.execute("UPDATE callback SET reverified_at = ? WHERE id = ?", [time.milliseconds, id])
    }

    /// - Parameter keepsHeaders: whether the headers are kept with which it is passed on.
    static func insert(
        _ callback: ReceivedCallback,
        _ outcome: RecordedEffect,
        keepsHeaders: Bool,
        in context: RecordContext
    ) throws {
        try context.statements.execute(
            insertion
        ) {
            context.evidence.number
            context.account.id
            callback.receivedAt.milliseconds
            callback.receivedAt.milliseconds
            callback.remoteAddress
            callback.verdict.rawValue
            callback.form
            callback.keyID
            outcome.status
            callback.detailToKeep(outcome)
            outcome.effect.rawValue
            outcome.row
            outcome.payment
            outcome.operationID
            outcome.checkout
            outcome.subscription
            callback.digest
            callback.body
            keepsHeaders ? callback.contentType : nil
            keepsHeaders ? callback.contentSignature : nil
            callback.locality
        }
    }
}

extension ReceivedCallback {
    /// Why the callback cannot be read, or otherwise what was left out.
    fileprivate func detailToKeep(_ outcome: RecordedEffect) -> String? {
        switch content {
        case .undecodable(let reason, _): reason
        case .report where outcome.effect == .undecodable: Payment.tooManyOperations
        case .report, .unproven: detail
        }
    }
}
