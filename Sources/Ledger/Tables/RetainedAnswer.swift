import Payments

/// What is kept of an answer: all of one that was believed, for it is evidence. Of any other answer, only the size and
/// the digest, and occasionally its first bytes, so that a gateway which answers rubbish cannot fill the disk.
struct RetainedAnswer {
    private static let mostBytes = 4096
    /// At most one body in this time for each polled entity.
    private static let interval = Duration.seconds(3600)
    /// How much such bodies may take up together, in bytes.
    private static let quota: Int64 = 64 << 20

    let body: [UInt8]?
    private(set) var size: Int?
    private(set) var digest: [UInt8]?
    private(set) var keptBytes: Int?

    init(
        _ answer: PollRecord,
        _ outcome: PollOutcome,
        on row: EntityRow,
        in statements: any Statements
    ) throws {
        guard let whole = answer.body, !outcome.isEvidence else {
            body = answer.body
            return
        }
        size = whole.count
        digest = answer.digest
        guard
            try !Self.isKept(
                since: answer.recordedAt - Self.interval,
                until: answer.recordedAt,
                on: row,
                in: statements
            )
        else {
            body = nil
            return
        }
        let beginning = Array(whole.prefix(Self.mostBytes))
        keptBytes = beginning.count
        body = beginning
    }

    private static func isKept(
        since start: Timestamp,
        until end: Timestamp,
        on row: EntityRow,
        in statements: any Statements
    ) throws -> Bool {
        let (start, end) = (start.milliseconds, end.milliseconds)
        let found =
            switch row {
            case .payment(let number), .operation(_, let number):
                try statements.number(
                    """
                    SELECT EXISTS (SELECT 1 FROM poll WHERE payment = ? AND kept_bytes IS NOT NULL AND recorded_at > ?
                                   AND recorded_at <= ?)
                    """,
                    [number, start, end]
                )
            case .checkout(let number):
                try statements.number(
                    """
                    SELECT EXISTS (SELECT 1 FROM poll WHERE checkout = ? AND kept_bytes IS NOT NULL AND recorded_at > ?
                                   AND recorded_at <= ?)
                    """,
                    [number, start, end]
                )
            case .subscription(let number):
                try statements.number(
                    """
                    SELECT EXISTS (SELECT 1 FROM poll WHERE subscription = ? AND kept_bytes IS NOT NULL AND recorded_at > ?
                                   AND recorded_at <= ?)
                    """,
                    [number, start, end]
                )
            }
        return found == 1
    }

    /// Empties the oldest bodies until the rest is within the quota.
    static func dropOldest(in statements: any Statements) throws {
        var total =
            try statements.number("SELECT coalesce(sum(kept_bytes), 0) FROM poll WHERE kept_bytes IS NOT NULL") ?? 0
        while total > quota,
            let oldest = try statements.row(
                "SELECT id, kept_bytes FROM poll WHERE kept_bytes IS NOT NULL ORDER BY id LIMIT 1"
            )
        {
            try RetainedBodies.empty(oldest[0], of: .poll, in: statements)
            total -= oldest[1]
        }
    }
}
