import GRDB
import Payments

/// The rows of refused requests, with what they take up: the quota is kept without counting anew.
struct RefusalRows {
    /// How far a clock may have run ahead before what it dated counts as wrong: no time zone is further off.
    private static let skew = Duration.seconds(86_400)

    private var rows: Int
    private var bytes: Int

    init(in database: Database) throws {
        let row = try Row.fetchOne(database, sql: "SELECT count(*), coalesce(sum(size), 0) FROM rejection")
        rows = row?[0] ?? 0
        bytes = row?[1] ?? 0
    }

    /// Writes refusals and drops the oldest until the rest is within the quota.
    mutating func insert(
        _ refusals: [Refusal],
        quota: RefusalQuota,
        accounts: AccountRows,
        in statements: Statements
    ) throws {
        for refusal in refusals {
            try statements.execute(
                """
                INSERT INTO rejection (account, received_at, remote_address, reason, size, signature, body)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    try accounts.row(of: refusal.account).id, refusal.receivedAt.milliseconds, refusal.remoteAddress,
                    refusal.reason, refusal.body.count, refusal.signature, refusal.body,
                ]
            )
            rows += 1
            bytes += refusal.body.count
        }
        guard let now = refusals.last?.receivedAt else { return }
        _ = try drop(beyond: quota, at: now, atMost: .max, in: statements)
    }

    /// Drops the oldest until the rest is within the quota, but no more than so many. What a clock that ran far ahead has dated
    /// goes with them: its age will not be known for long, and what came after it must not wait behind it.
    ///
    /// - Returns: how many were dropped.
    mutating func drop(
        beyond quota: RefusalQuota,
        at now: Moment,
        atMost limit: Int,
        in statements: Statements
    ) throws -> Int {
        let right = (now - quota.age).milliseconds...(now + Self.skew).milliseconds
        var dropped = 0
        while dropped < limit, let oldest = try oldest(in: statements),
            rows > quota.rows || bytes > quota.bytes || !right.contains(oldest.receivedAt)
        {
            try statements.execute(
                "DELETE FROM rejection WHERE id = ?",
                [oldest.id]
            )
            dropped += 1
            rows -= 1
            bytes -= oldest.size
        }
        return dropped
    }

    /// Takes a refusal out, if it is still the one that was judged: the highest number is given again once it is free.
    ///
    /// - Returns: whether it was there.
    mutating func remove(_ id: Int64, provedAs receipt: Receipt, in statements: Statements) throws -> Bool {
        let size = try statements.number(
            "DELETE FROM rejection WHERE id = ? AND received_at = ? AND body = ? RETURNING size",
            [id, receipt.receivedAt.milliseconds, receipt.body]
        )
        guard let size else { return false }
        rows -= 1
        bytes -= Int(size)
        return true
    }

    private func oldest(in statements: Statements) throws -> (id: Int64, size: Int, receivedAt: Int64)? {
        try statements.row(
            "SELECT id, size, received_at FROM rejection ORDER BY id LIMIT 1",
            []
        ).map { (id: $0[0], size: $0[1], receivedAt: $0[2]) }
    }
}
