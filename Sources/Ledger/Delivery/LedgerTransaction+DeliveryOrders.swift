import Payments

/// What one transaction has done of an order: one about many callbacks is carried out in portions, because others wait for
/// the writer.
struct DeliveryOrderStep {
    var forwards = 0
    var targets: [String] = []
    var isLast = true
}

/// A target that an order is about.
private struct OrderedTarget {
    let row: Int64
    let kind: DeliveryTarget.Kind
    let account: Int64?
    /// notify: the rows of the accounts of whose transitions it is told; `nil`: of all.
    let accounts: Set<Int64>?
    let isConfigured: Bool
    let description: String
}

/// A callback that is to be passed on again.
private struct OrderedCallback {
    let number: Int64
    let payment: Int64?
}

extension LedgerTransaction {
    private static let portion = 500
    private static let orderedAgain = "a person had it delivered again"
    private static let givenUp = "a person gave its delivery up"

    /// Carries out an order, or a portion of it.
    mutating func follow(
        _ order: DeliveryOrder,
        at now: Timestamp
    ) throws -> Result<DeliveryOrderStep, DeliveryOrderError> {
        wakeDeliveries()
        do {
            let targets = try targets(of: order)
            switch order.selection {
            case .undelivered: return .success(try deliverUndelivered(to: targets, order, at: now))
            case .payment(let id):
                let (account, callbacks) = try callbacks(ofPayment: id, order)
                return .success(try deliver(callbacks, of: account, to: targets, order, at: now))
            case .callback(let number):
                let (account, callback) = try callback(number)
                return .success(try deliver([callback], of: account, to: targets, order, at: now))
            case .fromSeq(let seq): return .success(try setBack(targets, to: seq, at: now))
            }
        } catch let error as DeliveryOrderError {
            return .failure(error)
        }
    }

    // MARK: What it is about

    private func targets(of order: DeliveryOrder) throws -> [OrderedTarget] {
        let rows = try statements.rows(
            """
            SELECT target.id, kind, account, account.name, target.name, configured FROM target
            LEFT JOIN account ON account.id = target.account ORDER BY target.id
            """
        )
        guard !rows.isEmpty else { throw DeliveryOrderError.noTarget }
        let chosen = rows.filter { row in
            (order.kind.map { $0.rawValue == row[1] } ?? true) && (order.target.map { $0 == row[4] } ?? true)
                && (order.account.map { $0 == row[3] as String? } ?? true)
        }
        if let name = order.target, chosen.isEmpty {
            throw DeliveryOrderError.unknownTarget(name, known: Set(rows.map { $0[4] as String }).sorted())
        }
        return chosen.compactMap { row in
            guard let kind = DeliveryTarget.Kind(rawValue: row[1]) else { return nil }
            let id = DeliveryTarget.ID(kind: kind, account: row[3], name: row[4])
            return OrderedTarget(
                row: row[0],
                kind: kind,
                account: row[2],
                accounts: self.targets[id]?.accounts,
                isConfigured: row[5],
                description: id.description
            )
        }
    }

    private func callbacks(ofPayment id: String, _ order: DeliveryOrder) throws -> (Int64, [OrderedCallback]) {
        let payments = try statements.rows(
            """
            SELECT coalesce(merged_into, payment.id), account.id, account.name FROM payment
            JOIN account ON account.id = payment.account
            WHERE payment_id = ?1 AND (account.name = ?2 OR ?2 IS NULL) ORDER BY account.name
            """,
            [id, order.account]
        )
        guard let payment = payments.first else { throw DeliveryOrderError.unknownPayment(id) }
        guard payments.count == 1 else { throw DeliveryOrderError.severalAccounts(payments.map { $0[2] }) }
        let number: Int64 = payment[0]
        let rows = try statements.rows(
            """
            SELECT id FROM callback WHERE body IS NOT NULL AND payment IN (
                SELECT id FROM payment WHERE id = ?1 UNION SELECT id FROM payment WHERE merged_into = ?1)
            ORDER BY id
            """,
            [number]
        )
        return (payment[1], rows.map { OrderedCallback(number: $0[0], payment: number) })
    }

    private func callback(_ number: Int64) throws -> (account: Int64, OrderedCallback) {
        let found = try statements.row(
            """
            SELECT callback.account, coalesce(merged_into, payment.id), body IS NULL FROM callback
            LEFT JOIN payment ON payment.id = callback.payment WHERE callback.id = ?
            """,
            [number]
        )
        guard let row = found else { throw DeliveryOrderError.unknownCallback(number) }
        guard !row[2] else {
            throw DeliveryOrderError.notForTarget(
                reason: "callback \(number) has no body any more: retention emptied it"
            )
        }
        return (row[0], OrderedCallback(number: number, payment: row[1]))
    }

    // MARK: What is done

    private func deliver(
        _ callbacks: [OrderedCallback],
        of account: Int64,
        to targets: [OrderedTarget],
        _ order: DeliveryOrder,
        at now: Timestamp
    ) throws -> DeliveryOrderStep {
        let targets = targets.filter { $0.kind == .forward && $0.account == account }
        guard !targets.isEmpty else {
            let reason = "only a forward target of the payment's own account gets its callbacks, and there is none"
            throw DeliveryOrderError.notForTarget(reason: order.target.map { "\($0): \(reason)" } ?? reason)
        }
        var step = DeliveryOrderStep(targets: targets.map(\.description))
        if order.drops {
            for target in targets {
                for callback in callbacks { step.forwards += try drop(callback.number, from: target, at: now) }
            }
        } else {
            for callback in callbacks { try expectHeaders(of: callback.number) }
            for target in targets {
                try sendAgain(callbacks, to: target, at: now)
                step.forwards += callbacks.count
            }
        }
        try closeAlarms(of: callbacks, order.drops ? Self.givenUp : Self.orderedAgain, at: now)
        return step
    }

    private func closeAlarms(of callbacks: [OrderedCallback], _ resolution: String, at now: Timestamp) throws {
        let things = callbacks.map {
            UndeliveredThings(payment: $0.payment, callback: $0.payment == nil ? $0.number : nil)
        }
        for one in Set(things) { try closeAlarm(of: one, resolution, at: now) }
    }

    /// Has callbacks sent to a target again, or for the first time, in the order of their payments.
    private func sendAgain(_ callbacks: [OrderedCallback], to target: OrderedTarget, at now: Timestamp) throws {
        for callback in callbacks {
            try ForwardRows.reset(
                callback: callback.number,
                of: callback.payment,
                to: target.row,
                at: now,
                in: statements
            )
        }
        for payment in Set(callbacks.compactMap(\.payment)) {
            try ForwardRows.order(of: payment, to: target.row, at: now, in: statements)
        }
        for callback in callbacks where callback.payment == nil {
            try ForwardRows.makeDue(callback: callback.number, to: target.row, at: now, in: statements)
        }
    }

    /// A signature over the raw body is in a header, which is kept only where the account had a target when it came.
    private func expectHeaders(of callback: Int64) throws {
        let lacks = try statements.number(
            """
            SELECT (form = 'signature' OR form = 'signature+basic') AND content_signature IS NULL FROM callback WHERE id = ?
            """,
            [callback]
        )
        guard lacks != 1 else {
            throw DeliveryOrderError.notForTarget(
                reason: """
                    callback \(callback) came before its account had a target, so its Content-Signature was not kept: \
                    have the gateway send it again
                    """
            )
        }
    }

    /// - Returns: 1 if it waited, 0 if it did not.
    private func drop(_ callback: Int64, from target: OrderedTarget, at now: Timestamp) throws -> Int {
        let waiting = try statements.number(
            "SELECT id FROM forward WHERE callback = ? AND target = ? AND state = 'waiting'",
            [callback, target.row]
        )
        try statements.execute(
            "UPDATE forward SET last_error = ? WHERE callback = ? AND target = ? AND state = 'gave_up'",
            [UndeliveredThings.givenUpByPerson, callback, target.row]
        )
        guard let waiting else { return 0 }
        try ForwardRows.drop(waiting, because: UndeliveredThings.givenUpByPerson, at: now, in: statements)
        return 1
    }

    /// Delivers, or gives up, what waits and what was given up, in portions; notified targets go on, or skip one event. What
    /// a person gave up stays given up. A target that is configured no longer gets nothing; a notified one is forgotten with
    /// its cursor where it is named.
    private func deliverUndelivered(
        to targets: [OrderedTarget],
        _ order: DeliveryOrder,
        at now: Timestamp
    ) throws -> DeliveryOrderStep {
        let targets = targets.filter { $0.isConfigured || order.drops }
        var step = DeliveryOrderStep(targets: targets.map(\.description))
        for target in targets where target.kind == .forward {
            let count = try order.drops ? drop(from: target, at: now) : revive(target, at: now)
            if order.drops { step.forwards += count }
            if count >= Self.portion { step.isLast = false }
        }
        guard step.isLast else { return step }
        for target in targets {
            if target.kind == .notify, order.drops, try !skipEvent(of: target, isNamed: order.target != nil) {
                step.targets.removeAll { $0 == target.description }
            }
            if target.kind == .forward, !order.drops { step.forwards += try hasten(target, at: now) }
            try resume(target, order.drops ? Self.givenUp : Self.orderedAgain, at: now)
        }
        return step
    }

    /// Ends the pause of a target; one that is notified goes on at its cursor.
    private func resume(_ target: OrderedTarget, _ resolution: String, at now: Timestamp) throws {
        let payment = try statements.number(
            """
            SELECT coalesce(merged_into, payment.id) FROM target JOIN transition ON transition.seq = gave_up_seq
            JOIN payment ON payment.id = transition.payment WHERE target.id = ?
            """,
            [target.row]
        )
        try statements.execute(
            """
            UPDATE target SET attempts = 0, first_attempt_at = NULL, next_attempt_at = NULL, gave_up_at = NULL,
                gave_up_seq = NULL, paused_until = NULL, pause_reason = NULL
            WHERE id = ?
            """,
            [target.row]
        )
        if let payment { try closeAlarm(of: UndeliveredThings(payment: payment, callback: nil), resolution, at: now) }
    }

    /// Gives up what waits, and settles what was given up already.
    private func drop(from target: OrderedTarget, at now: Timestamp) throws -> Int {
        let rows = try statements.rows(
            """
            SELECT callback, coalesce(merged_into, payment.id) FROM forward LEFT JOIN payment ON payment.id = forward.payment
            WHERE target = ?1 AND (forward.state = 'waiting' OR forward.state = 'gave_up' AND last_error <> ?2) LIMIT ?3
            """,
            [target.row, UndeliveredThings.givenUpByPerson, Self.portion]
        )
        let callbacks = rows.map { OrderedCallback(number: $0[0], payment: $0[1]) }
        for callback in callbacks { _ = try drop(callback.number, from: target, at: now) }
        try closeAlarms(of: callbacks, Self.givenUp, at: now)
        return callbacks.count
    }

    /// Has callbacks that were given up wait again.
    private func revive(_ target: OrderedTarget, at now: Timestamp) throws -> Int {
        let rows = try statements.rows(
            """
            SELECT forward.callback, coalesce(merged_into, payment.id) FROM forward
            JOIN callback ON callback.id = forward.callback LEFT JOIN payment ON payment.id = callback.payment
            WHERE target = ? AND forward.state = 'gave_up' AND forward.last_error <> ? AND body IS NOT NULL LIMIT ?
            """,
            [target.row, UndeliveredThings.givenUpByPerson, Self.portion]
        )
        let callbacks = rows.map { OrderedCallback(number: $0[0], payment: $0[1]) }
        try sendAgain(callbacks, to: target, at: now)
        try closeAlarms(of: callbacks, Self.orderedAgain, at: now)
        return callbacks.count
    }

    /// Has what waits for its next attempt tried at once, and what is being sent now once more if that fails: it may be the
    /// last attempt.
    ///
    /// - Returns: how many callbacks wait at all.
    private func hasten(_ target: OrderedTarget, at now: Timestamp) throws -> Int {
        try statements.execute(
            """
            UPDATE forward SET next_attempt_at = ?1, first_attempt_at = NULL
            WHERE id IN (SELECT id FROM forward WHERE target = ?2 AND next_attempt_at > ?1 LIMIT 10000)
            """,
            [now.milliseconds, target.row]
        )
        try statements.execute(
            """
            UPDATE forward SET generation = generation + 1, first_attempt_at = NULL
            WHERE id IN (SELECT id FROM forward WHERE target = ?1 AND next_attempt_at <= ?2 ORDER BY next_attempt_at LIMIT 200)
              AND attempts > 0
            """,
            [target.row, now.milliseconds]
        )
        return Int(
            try statements.number(
                "SELECT count(*) FROM forward WHERE target = ? AND state = 'waiting'",
                [target.row]
            ) ?? 0
        )
    }

    /// - Parameter isNamed: whether the order names the target: else one that is not configured any more stays.
    /// - Returns: whether there was an event to skip.
    private func skipEvent(of target: OrderedTarget, isNamed: Bool) throws -> Bool {
        guard target.isConfigured else {
            guard isNamed else { return false }
            try statements.execute("DELETE FROM target WHERE id = ?", [target.row])
            return true
        }
        let accounts: [Int64?] = target.accounts.map { Array($0) } ?? [nil]
        let nexts = try accounts.compactMap { account in
            try statements.number(
                """
                SELECT seq FROM transition WHERE seq > (SELECT cursor_seq FROM target WHERE id = ?1)
                  AND payment IS NOT NULL AND operation_id IS NULL AND (account = ?2 OR ?2 IS NULL)
                ORDER BY seq LIMIT 1
                """,
                [target.row, account]
            )
        }
        guard let next = nexts.min() else { return false }
        try statements.execute("UPDATE target SET cursor_seq = ? WHERE id = ?", [next, target.row])
        return true
    }

    private func setBack(_ targets: [OrderedTarget], to seq: Int64, at now: Timestamp) throws -> DeliveryOrderStep {
        let targets = targets.filter { $0.kind == .notify }
        guard !targets.isEmpty else {
            throw DeliveryOrderError.notForTarget(reason: "only a notify target has a place among the transitions")
        }
        let last = try statements.number("SELECT coalesce(max(seq), 0) FROM transition") ?? 0
        guard seq >= 1, seq <= last.addingSaturated(1) else {
            throw DeliveryOrderError.notForTarget(
                reason: "the last transition is \(last): give a number from 1 to \(last + 1)"
            )
        }
        for target in targets {
            try resume(target, Self.orderedAgain, at: now)
            try statements.execute("UPDATE target SET cursor_seq = ? WHERE id = ?", [seq - 1, target.row])
        }
        return DeliveryOrderStep(targets: targets.map(\.description))
    }
}
