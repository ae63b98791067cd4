package import Payments

/// A rejected request, as stored.
package struct StoredRejection: Sendable {
    package let id: Int64
    package let account: String
    package let receivedAt: Timestamp
    package let remoteAddress: String?
    package let reason: String
    /// The `Content-Signature` header.
    package let signature: String?
    package let body: [UInt8]
}

extension LedgerReader {
    /// The number of the last rejected request.
    package func lastRejection() throws -> Int64 {
        try reader.read { try $0.number("SELECT max(id) FROM rejection") ?? 0 }
    }

    /// The next rejected requests, in order.
    ///
    /// - Parameters:
    ///   - account: return only this account's requests; `nil`: those of all accounts.
    ///   - last: the number of the last request to return.
    package func rejections(
        of account: String?,
        after first: Int64,
        through last: Int64,
        limit: Int
    ) throws -> [StoredRejection] {
        try reader.read { statements in
            try statements.rows(
                """
                SELECT rejection.id, account.name, received_at, remote_address, reason, signature, body
                FROM rejection LEFT JOIN account ON account.id = rejection.account
                WHERE rejection.id > ?1 AND rejection.id <= ?2 AND (account.name = ?3 OR ?3 IS NULL)
                ORDER BY rejection.id LIMIT ?4
                """,
                [first, last, account, limit]
            ).map { row in
                StoredRejection(
                    id: row[0],
                    account: row[1],
                    receivedAt: Timestamp(milliseconds: row[2]),
                    remoteAddress: row[3],
                    reason: row[4],
                    signature: row[5],
                    body: row[6]
                )
            }
        }
    }
}
