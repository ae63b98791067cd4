package import Payments

/// Why nothing is pruned for now: the clock may have run ahead, and emptied bodies cannot be restored.
package struct ClockDoubt: Error, Equatable, CustomStringConvertible {
    /// How far a clock may be from the times that confirm it: no time zone is further off.
    static let tolerance = Duration.seconds(86_400)

    /// The last time before the jump.
    package let last: Timestamp
    /// The clock's time when the jump was noticed.
    package let noticedAt: Timestamp
    /// Whether the gateways' own times have contradicted it since.
    package let isContradicted: Bool

    package var description: String {
        isContradicted
            ? "the gateways' own times show that the clock is ahead: correct it (`timedatectl`), no pruning until then"
            : "the clock has jumped ahead by more than a day since the last check (or Paystate stood still for that "
                + "long): nothing is pruned for a day, in case it is wrong; see `timedatectl`"
    }
}

extension LedgerTransaction {
    /// Checks the clock, so that nothing is lost because of a wrong one. A clock that jumped is believed again after a
    /// day without another jump, unless the gateways date what was recorded since further behind it than what was
    /// recorded before.
    ///
    /// - Returns: why it is not believed; `nil` if it is.
    func doubtClock(at now: Timestamp) throws -> ClockDoubt? {
        let row = try statements.row(
            """
            SELECT coalesce(looked_at, (SELECT received_at FROM callback ORDER BY id DESC LIMIT 1)), doubted_at, trusted_at
            FROM pruning
            """
        )
        let last = Timestamp(stored: row?[0]) ?? now
        var (doubted, trusted) = (Timestamp(stored: row?[1]), Timestamp(stored: row?[2]) ?? last)
        if now > last + ClockDoubt.tolerance {
            if doubted == nil { trusted = last }
            doubted = now
        } else if let since = doubted, now < since {
            doubted = nil  // The clock was set right.
        }
        var doubt = doubted.map { ClockDoubt(last: trusted, noticedAt: $0, isContradicted: false) }
        if let since = doubted, now >= since + ClockDoubt.tolerance {
            if try isContradicted(since: since, at: now) {
                doubt = ClockDoubt(last: trusted, noticedAt: since, isContradicted: true)
            } else {
                (doubt, doubted) = (nil, nil)
            }
        }
        try statements.execute(
            "UPDATE pruning SET looked_at = ?, doubted_at = ?, trusted_at = ?",
            [now.milliseconds, doubted?.milliseconds, trusted.milliseconds]
        )
        return doubt
    }

    /// Whether the gateways date what was recorded since the jump more than a day earlier than it was recorded, and did
    /// not do so before. (If they always did, they prove nothing.)
    private func isContradicted(since jump: Timestamp, at now: Timestamp) throws -> Bool {
        guard let after = try lag(recordedFrom: jump, to: now), after > ClockDoubt.tolerance else { return false }
        let before = try lag(recordedFrom: Timestamp(milliseconds: .min), to: jump)
        return before.map { $0 <= ClockDoubt.tolerance } ?? true
    }

    /// The delay between the gateway's time and the recording of the newest evidence in a period: the median of a
    /// hundred.
    private func lag(recordedFrom start: Timestamp, to end: Timestamp) throws -> Duration? {
        let lag = try statements.number(
            """
            WITH lags (lag) AS (
                SELECT recorded_at - gateway_time FROM (
                    SELECT recorded_at, gateway_time FROM transition
                    WHERE recorded_at >= ? AND recorded_at < ? AND gateway_time BETWEEN 0 AND 253402300799999
                    ORDER BY seq DESC LIMIT 100) AS newest)
            SELECT lag FROM lags ORDER BY lag LIMIT 1 OFFSET (SELECT count(*) / 2 FROM lags)
            """,
            [start.milliseconds, end.milliseconds]
        )
        return lag.map { .milliseconds($0) }
    }
}

/// Rows that are dated later than now, and so were recorded by a clock that ran ahead.
package struct FutureTimestamps: Sendable, Equatable {
    /// At most this many of each kind are counted.
    package static let mostCounted = 100_000

    package let callbacks: Int
    /// Payments whose last change is dated later than now.
    package let payments: Int
    package let latest: Timestamp

    package init(callbacks: Int, payments: Int, latest: Timestamp) {
        self.callbacks = callbacks
        self.payments = payments
        self.latest = latest
    }
}

extension LedgerReader {
    /// The rows that are dated later than a time; `nil` if there are none.
    package func datedAhead(of now: Timestamp) async throws -> FutureTimestamps? {
        try await reader.readAside { statements in
            let row = try statements.row(
                """
                SELECT (SELECT sum(ahead) FROM (
                            SELECT (SELECT count(*) FROM (SELECT 1 FROM callback WHERE callback.account = account.id
                                                          AND received_at > ?1 LIMIT ?2) AS few) AS ahead
                            FROM account) AS each_account),
                       (SELECT count(*) FROM (SELECT 1 FROM payment WHERE updated_at > ?1 LIMIT ?2) AS few),
                       (SELECT max(at) FROM (
                            SELECT (SELECT max(received_at) FROM callback WHERE callback.account = account.id) AS at
                            FROM account
                            UNION ALL SELECT max(updated_at) FROM payment) AS latest)
                """,
                [now.milliseconds, FutureTimestamps.mostCounted]
            )
            guard let row, let latest = Timestamp(stored: row[2] as Int64?), latest > now else { return nil }
            let callbacks = min(row[0] as Int? ?? 0, FutureTimestamps.mostCounted)
            return FutureTimestamps(callbacks: callbacks, payments: row[1], latest: latest)
        }
    }
}
