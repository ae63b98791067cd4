import Payments

/// The rows of rejected requests, with their total size per sender, which is counted once and then kept, so that the quota is
/// enforced without counting again.
struct RejectedRows {
    /// How far a clock may have run ahead before the times it set count as wrong: no time zone is further off.
    private static let skew = Duration.seconds(86_400)

    /// The number of hours for which the count of dropped requests is kept.
    private static let hoursOfUnkept: Int64 = 48

    /// `nil` until it is needed.
    private var shares: RejectionShares<Int64>?

    /// Has it counted again: another receiver may have stored or dropped some.
    mutating func forget() { shares = nil }

    private func counted(in statements: any Statements) throws -> RejectionShares<Int64> {
        if let shares { return shares }
        var shares = RejectionShares<Int64>()
        let rows = try statements.rows(
            "SELECT account, network, count(*), sum(size) FROM rejection GROUP BY account, network"
        )
        for row in rows {
            shares.add(RejectedSender(account: row[0], network: row[1]), rows: row[2], bytes: row[3])
        }
        return shares
    }

    /// Writes rejected requests and drops others until the rest is within the quota.
    ///
    /// - Parameter dropped: how many others were dropped before they were written, by account.
    mutating func insert(
        _ rejections: [RejectedRequest],
        dropped: [String: Int],
        quota: RejectionQuota,
        accounts: AccountRows,
        in statements: any Statements
    ) throws {
        var shares = try counted(in: statements)
        for rejection in rejections {
            let sender = RejectedSender(try accounts.row(of: rejection.account).id, address: rejection.remoteAddress)
            try statements.execute(
                """
                INSERT INTO rejection (account, received_at, remote_address, network, reason, size, signature, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    sender.account, rejection.receivedAt.milliseconds, rejection.remoteAddress, sender.network,
                    rejection.reason,
                    rejection.body.count, rejection.signature, rejection.body,
                ]
            )
            shares.add(sender, bytes: rejection.body.count)
        }
        self.shares = shares
        guard let now = rejections.last?.receivedAt else { return }
        for (account, count) in dropped {
            if let row = accounts[account] { try note(count, of: row.id, at: now, in: statements) }
        }
        _ = try drop(beyond: quota, at: now, atMost: .max, in: statements)
    }

    /// Drops requests that are too old, and then the oldest of the largest sender of the largest account, until the
    /// rest is within the quota, but no more than `limit`.
    ///
    /// Requests that are dated far ahead of the clock are dropped with the old ones: their age will not be known for
    /// long, and later ones must not wait behind them.
    ///
    /// - Returns: how many were dropped.
    mutating func drop(
        beyond quota: RejectionQuota,
        at now: Timestamp,
        atMost limit: Int,
        in statements: any Statements
    ) throws -> Int {
        let right = (now - quota.age).milliseconds...(now + Self.skew).milliseconds
        var count = 0
        var dropped: [Int64: Int] = [:]
        shares = try counted(in: statements)
        while count < limit, let oldest = try oldest(in: statements), !right.contains(oldest.receivedAt) {
            try drop(oldest.id, of: oldest.sender, oldest.size, in: statements)
            count += 1
        }
        while count < limit, let shares, shares.total.rows > quota.rows || shares.total.bytes > quota.bytes,
            let sender = shares.largest(by: shares.total.rows > quota.rows ? \.rows : \.bytes),
            let oldest = try oldest(of: sender, in: statements)
        {
            try drop(oldest.id, of: sender, oldest.size, in: statements)
            dropped[sender.account, default: 0] += 1
            count += 1
        }
        for (account, number) in dropped { try note(number, of: account, at: now, in: statements) }
        return count
    }

    private mutating func drop(
        _ id: Int64,
        of sender: RejectedSender<Int64>,
        _ size: Int,
        in statements: any Statements
    ) throws {
        try statements.execute("DELETE FROM rejection WHERE id = ?", [id])
        shares?.remove(sender, bytes: size)
    }

    /// Adds to the number of an account's rejected requests that were dropped although they are not old.
    private func note(_ count: Int, of account: Int64, at now: Timestamp, in statements: any Statements) throws {
        let hour = now.hour
        try statements.execute(
            "DELETE FROM unkept_rejections WHERE hour < ? OR hour > ?",
            [hour - Self.hoursOfUnkept, hour + 24]
        )
        try statements.execute(
            """
            INSERT INTO unkept_rejections (account, hour, count) VALUES (?, ?, ?)
            ON CONFLICT (account, hour) DO UPDATE SET count = unkept_rejections.count + excluded.count
            """,
            [account, hour, count]
        )
    }

    /// Removes a rejected request, if it is still the one that was authenticated: once it is free, the highest number
    /// is assigned again.
    ///
    /// - Returns: whether it was there.
    mutating func remove(_ id: Int64, provedAs callback: ReceivedCallback, in statements: any Statements) throws -> Bool
    {
        let row = try statements.row(
            "DELETE FROM rejection WHERE id = ? AND received_at = ? AND body = ? RETURNING account, network, size",
            [id, callback.receivedAt.milliseconds, callback.body]
        )
        guard let row else { return false }
        shares?.remove(RejectedSender(account: row[0], network: row[1]), bytes: row[2])
        return true
    }

    private func oldest(
        in statements: any Statements
    ) throws -> (id: Int64, size: Int, receivedAt: Int64, sender: RejectedSender<Int64>)? {
        try statements.row(
            "SELECT id, size, received_at, account, network FROM rejection ORDER BY id LIMIT 1",
            []
        ).map { ($0[0], $0[1], $0[2], RejectedSender(account: $0[3], network: $0[4])) }
    }

    private func oldest(
        of sender: RejectedSender<Int64>,
        in statements: any Statements
    ) throws -> (id: Int64, size: Int)? {
        try statements.row(
            "SELECT id, size FROM rejection WHERE account = ? AND network = ? ORDER BY id LIMIT 1",
            [sender.account, sender.network]
        ).map { ($0[0], $0[1]) }
    }
}

/// The limits on stored rejections: the number of rows, their total size in bytes, and their age.
package struct RejectionQuota: Sendable, Equatable {
    package var rows: Int
    package var bytes: Int
    package var age: Duration

    package init(rows: Int, bytes: Int, age: Duration) {
        self.rows = rows
        self.bytes = bytes
        self.age = age
    }
}
