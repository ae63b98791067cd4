/// The leases in the database, by its own clock: which receiver does what one of them has to do.
struct LeaseRows: Sendable {
    /// A name for this process among the receivers.
    private let holder: String

    init() {
        var random = SystemRandomNumberGenerator()
        holder = String(random.next() as UInt64, radix: 16)
    }

    /// Takes each lease that is free or over, and keeps those that this receiver has.
    ///
    /// - Returns: those that it has now.
    func renew(_ names: [String], in statements: any Statements) throws -> Set<String> {
        for name in names {
            try statements.execute(
                """
                INSERT INTO lease (name, holder, until) VALUES (?1, ?2, clock_timestamp() + INTERVAL '30 seconds')
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
                WHERE lease.holder = excluded.holder OR lease.until < clock_timestamp()
                """,
                [name, holder]
            )
        }
        let held = try statements.rows("SELECT name FROM lease WHERE holder = ?", [holder])
        return Set(held.map { $0[0] }).intersection(names)
    }

    /// Gives all up, so that others need not wait for their ends.
    func release(in statements: any Statements) throws {
        try statements.execute("DELETE FROM lease WHERE holder = ?", [holder])
    }
}
