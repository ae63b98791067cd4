package import Payments
import Synchronization

extension Ledger {
    /// The callbacks to pass on to a target now: of each payment only the first that waits.
    ///
    /// - Parameters:
    ///   - inFlight: the numbers of those that are being sent.
    ///   - limit: how many are returned, with their bodies, at most.
    package func dueForwards(
        to target: DeliveryTarget.ID,
        besides inFlight: Set<Int64>,
        limit: Int,
        at now: Timestamp
    ) async throws -> DueForwards {
        try await readerOfDeliveries.readAside { statements in
            guard let row = try TargetRows.row(of: target, in: statements) else { return DueForwards.none }
            let most = limit + inFlight.count
            let due = try statements.rows(
                """
                SELECT id FROM forward WHERE target = ? AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?
                """,
                [row, now.milliseconds, most]
            )
            // What is planned for later than any schedule does was planned by a clock that ran ahead.
            let misdated = try statements.rows(
                "SELECT id FROM forward WHERE target = ? AND next_attempt_at > ? ORDER BY next_attempt_at DESC LIMIT ?",
                [row, (now + Self.longestPlan).milliseconds, due.count < most ? most : 0]
            )
            let numbers = (due + misdated).map { $0[0] as Int64 }.filter { !inFlight.contains($0) }.prefix(limit)
            var forwards: [DueForward] = []
            var size = 0
            for number in numbers where size < Self.mostBytes {
                guard let forward = try DueForward(numbered: number, in: statements) else { continue }
                size += forward.body.count
                forwards.append(forward)
            }
            return DueForwards(
                forwards: forwards,
                next: Timestamp(
                    stored: try statements.number(
                        "SELECT min(next_attempt_at) FROM forward WHERE target = ? AND next_attempt_at > ?",
                        [row, now.milliseconds]
                    )
                )
            )
        }
    }

    /// The bodies that are read at once have hardly more than this.
    private static let mostBytes = 4 << 20
    /// Longer than any schedule of deliveries.
    private static let longestPlan = Duration.seconds(2 * 3600)

    /// Records how attempts to pass callbacks on ended, and returns once that is durable.
    package func record(_ results: [ForwardResult], to target: DeliveryTarget.ID) async throws(RecordingError) {
        try await perform { try $0.record(results, to: target) }
    }

    /// What a target is to be told of next.
    ///
    /// - Parameters:
    ///   - seq: the last transition that it was told of; `nil`: that of the stored cursor.
    ///   - limit: how many events are returned at most.
    package func pendingEvents(
        of target: DeliveryTarget.ID,
        after seq: Int64?,
        limit: Int
    ) async throws -> PendingEvents {
        // Without its accounts, a target that is being removed would be told of those of others.
        guard let accounts = configuredTargets.withLock({ $0[target]?.accounts }) else {
            return PendingEvents(nothingAfter: seq)
        }
        return try await readerOfDeliveries.readAside { statements in
            try PendingEvents(of: target, accounts: accounts, after: seq, limit: limit, in: statements)
        }
    }

    /// Records how far a target has been told, and returns once that is durable.
    package func record(_ progress: NotifyProgress, of target: DeliveryTarget.ID) async throws(RecordingError) {
        try await perform { try $0.record(progress, of: target) }
    }

    /// Shows in `targets` that a target is left alone for a while, or no longer.
    package func pause(
        _ target: DeliveryTarget.ID,
        until end: Timestamp?,
        reason: String?
    ) async throws(RecordingError) {
        try await perform { transaction in
            try transaction.statements.execute(
                "UPDATE target SET paused_until = ?, pause_reason = ? WHERE id = ?",
                [end?.milliseconds, reason, try TargetRows.row(of: target, in: transaction.statements)]
            )
        }
    }

    /// Until when a target is shown as left alone; `nil` if it is not, or if a person has ordered a delivery since.
    package func pausedUntil(_ target: DeliveryTarget.ID) async throws -> Timestamp? {
        try await readerOfDeliveries.readAside { statements in
            let row = try TargetRows.row(of: target, in: statements)
            return Timestamp(stored: try statements.number("SELECT paused_until FROM target WHERE id = ?", [row]))
        }
    }

    /// Has things delivered again, or given up, and returns once that is durable.
    package func deliver(
        _ order: DeliveryOrder,
        at now: Timestamp
    ) async throws(DeliveryOrderError) -> DeliveryOrderResult {
        var result = DeliveryOrderResult()
        var isFinished = false
        while !isFinished {
            let step: Result<DeliveryOrderStep, DeliveryOrderError>
            do throws(RecordingError) {
                step = try await perform { try $0.follow(order, at: now) }
            } catch {
                throw .notRecorded(error)
            }
            let done = try step.get()
            result.forwards += done.forwards
            result.targets = done.targets
            isFinished = done.isLast
        }
        return result
    }
}

extension DueForwards {
    fileprivate static let none = DueForwards(forwards: [], next: nil)
}

extension DueForward {
    /// - Returns: `nil` if there is no body to send.
    fileprivate init?(numbered id: Int64, in statements: any Statements) throws {
        let found = try statements.row(
            """
            SELECT forward.callback, account.name, payment.payment_id, body, content_type, content_signature,
                   remote_address, attempts, first_attempt_at, generation
            FROM forward JOIN callback ON callback.id = forward.callback
            JOIN account ON account.id = callback.account LEFT JOIN payment ON payment.id = callback.payment
            WHERE forward.id = ?
            """,
            [id]
        )
        guard let row = found, let body = row[3] as [UInt8]? else { return nil }
        self.init(
            id: id,
            callback: row[0],
            account: row[1],
            paymentID: row[2],
            body: body,
            contentType: row[4],
            contentSignature: row[5],
            remoteAddress: row[6],
            attempts: row[7],
            firstAttemptAt: Timestamp(stored: row[8]),
            generation: row[9]
        )
    }
}

extension PendingEvents {
    /// How many transitions are examined at most, so that a target which few of them concern costs little at a time.
    private static let mostExamined: Int64 = 2000

    /// There is no such target.
    fileprivate init(nothingAfter seq: Int64?) {
        self.init(
            events: [],
            after: seq ?? 0,
            upTo: seq ?? 0,
            attempts: 0,
            firstAttemptAt: nil,
            nextAttemptAt: nil,
            hasGivenUp: false
        )
    }

    fileprivate init(
        of target: DeliveryTarget.ID,
        accounts: [String],
        after seq: Int64?,
        limit: Int,
        in statements: any Statements
    ) throws {
        let found = try statements.row(
            """
            SELECT cursor_seq, attempts, first_attempt_at, next_attempt_at, gave_up_at,
                   (SELECT coalesce(max(seq), 0) FROM transition)
            FROM target WHERE id = ?
            """,
            [try TargetRows.row(of: target, in: statements)]
        )
        guard let row = found else {
            self.init(nothingAfter: seq)
            return
        }
        let (cursor, last): (Int64, Int64) = (row[0], row[5])
        let start = seq ?? cursor
        let end = min(last, start.addingSaturated(Self.mostExamined))
        var (events, examined): ([PaymentEvent], Int64) = ([], start)
        while events.count < limit, examined < end {
            let rows = try statements.rows(
                """
                SELECT seq, account, payment_id, reference, from_state, to_state, amount_minor, captured_minor,
                       refunded_minor, charged_back_minor, moved_minor, currency, test, source, evidence_id, recorded_at
                FROM transitions WHERE seq > ? AND seq <= ? AND entity = 'payment' ORDER BY seq LIMIT ?
                """,
                [examined, end, limit]
            )
            events += try rows.lazy.filter { accounts.isEmpty || accounts.contains($0[1]) }.prefix(limit - events.count)
                .map { try PaymentEvent($0, in: statements) }
            examined = rows.count < limit ? end : rows.last?[0] ?? end
        }
        self.init(
            events: events,
            after: start,
            upTo: events.count < limit ? max(start, end) : events.last?.seq ?? start,
            attempts: row[1],
            firstAttemptAt: Timestamp(stored: row[2]),
            nextAttemptAt: Timestamp(stored: row[3]),
            hasGivenUp: row[4] as Int64? != nil
        )
    }
}

extension PaymentEvent {
    fileprivate init(_ row: Row, in statements: any Statements) throws {
        let (account, payment, recorded): (String, String, String) = (row[1], row[2], row[15])
        guard let recordedAt = Timestamp(viewed: recorded) else {
            throw DamagedRow(description: "a transition has no time")
        }
        let (captured, refunded, chargedBack): (Int64?, Int64?, Int64?) = (row[7], row[8], row[9])
        self.init(
            seq: row[0],
            account: account,
            paymentID: payment,
            reference: row[3],
            fromState: row[4],
            toState: row[5],
            isPaid: try statements.number(
                "SELECT paid FROM payments WHERE account = ? AND payment_id = ?",
                [account, payment]
            ) == 1,
            amountMinor: row[6],
            capturedMinor: captured,
            refundedMinor: refunded,
            balanceMinor: captured.map {
                $0.subtractingSaturated(refunded ?? 0).subtractingSaturated(chargedBack ?? 0)
            },
            movedMinor: row[10],
            currency: row[11],
            isTest: row[12],
            source: row[13],
            evidenceID: row[14],
            recordedAt: recordedAt
        )
    }
}
