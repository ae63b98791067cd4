import Payments

/// Contradictions and surprises: at most one open per kind and subject.
enum AnomalyRows {
    static let anyOpen: StaticString = "SELECT EXISTS (SELECT 1 FROM anomaly WHERE payment = ? AND closed_at IS NULL)"

    static let insertion: StaticString = """
        INSERT INTO anomaly (kind, severity, account, payment, checkout, subscription, callback, detail, source,
                             evidence, opened_at, closed_at, resolution)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """

    /// Opens an alarm, or leaves the one that is open; a notice is closed from the start, except for an ambiguous
    /// signature.
    ///
    /// - Parameter row: `nil` if it is about the evidence itself, which concerns no known entity.
    static func open(_ anomaly: Anomaly, on row: EntityRow?, in context: RecordContext) throws {
        guard !anomaly.isNotice else { return try noteOnce(anomaly, on: row, in: context) }
        if anomaly.kind.isOfStanding {
            if try isAcknowledged(anomaly, on: row, in: context.statements) { return }
            try closeOutdated(anomaly, on: row, in: context)
        }
        let staysOpen = anomaly.kind.isAlarm || anomaly.kind == .ambiguousSignature
        try insert(anomaly, anomaly.kind.isAlarm ? .alarm : .notice, on: row, closed: !staysOpen, in: context)
    }

    /// Records an anomaly that needs no one's attention: it is closed from the start.
    static func record(_ anomaly: Anomaly, on row: EntityRow?, in context: RecordContext) throws {
        try insert(anomaly, .notice, on: row, closed: true, in: context)
    }

    /// Records only once what stays true for a long time and is found at each check.
    private static func noteOnce(_ anomaly: Anomaly, on row: EntityRow?, in context: RecordContext) throws {
        let isNoted = try context.statements.number(
            "SELECT EXISTS (SELECT 1 FROM anomaly WHERE payment = ? AND kind = ? AND severity = 'notice' AND detail = ?)",
            [row?.payment, anomaly.kind.rawValue, anomaly.detail]
        )
        guard isNoted != 1 else { return }
        try record(anomaly, on: row, in: context)
    }

    /// Whether a person has closed this very contradiction: it is opened again only with new evidence, which words it
    /// differently.
    private static func isAcknowledged(
        _ anomaly: Anomaly,
        on row: EntityRow?,
        in statements: any Statements
    ) throws -> Bool {
        try statements.number(
            """
            SELECT acknowledged IS NOT NULL AND detail = ? FROM anomaly
            WHERE payment = ? AND kind = ? ORDER BY id DESC LIMIT 1
            """,
            [anomaly.detail, row?.payment, anomaly.kind.rawValue]
        ) == 1
    }

    /// Closes an open alarm whose detail is outdated, since an open alarm shows the current state.
    private static func closeOutdated(_ anomaly: Anomaly, on row: EntityRow?, in context: RecordContext) throws {
        try context.statements.execute(
            """
            UPDATE anomaly SET closed_at = ?, resolution = 'later evidence changed it: see the next one'
            WHERE payment = ? AND kind = ? AND closed_at IS NULL AND detail <> ?
            """,
            [context.evidence.at.milliseconds, row?.payment, anomaly.kind.rawValue, anomaly.detail]
        )
    }

    /// Closes what the evidence resolves, with the reason in words.
    static func resolve(_ resolved: Resolutions, on row: EntityRow, in context: RecordContext) throws {
        guard try !resolved.isEmpty && hasOpen(on: row, in: context.statements) else { return }
        for resolution in resolved {
            let arguments: [any Bindable] = [
                context.evidence.at.milliseconds, resolution.reason, row.number, resolution.kind.rawValue,
            ]
            switch row {
            case .payment, .operation:
                try context.statements.execute(
                    """
                    UPDATE anomaly SET closed_at = ?, resolution = ? WHERE payment = ? AND kind = ? AND closed_at IS NULL
                    """,
                    arguments
                )
            case .checkout:
                try context.statements.execute(
                    """
                    UPDATE anomaly SET closed_at = ?, resolution = ?
                    WHERE checkout = ? AND payment IS NULL AND kind = ? AND closed_at IS NULL
                    """,
                    arguments
                )
            case .subscription:
                try context.statements.execute(
                    """
                    UPDATE anomaly SET closed_at = ?, resolution = ?
                    WHERE subscription = ? AND kind = ? AND closed_at IS NULL
                    """,
                    arguments
                )
            }
        }
    }

    /// The kinds of anomaly that are open on a payment.
    static func open(on payment: Int64?, in statements: any Statements) throws -> Set<AnomalyKind> {
        guard let payment else { return [] }
        let rows = try statements.rows("SELECT kind FROM anomaly WHERE payment = ? AND closed_at IS NULL", [payment])
        var kinds: Set<AnomalyKind> = []
        for row in rows {
            if let kind = AnomalyKind(rawValue: row[0]) { kinds.insert(kind) }
        }
        return kinds
    }

    /// Whether there is anything to close: most payments never have an anomaly.
    private static func hasOpen(on row: EntityRow, in statements: any Statements) throws -> Bool {
        guard let payment = row.payment else { return true }
        return try statements.number(
            anyOpen,
            [payment]
        ) == 1
    }

    /// Moves the open anomalies of a payment that turned out to be an operation to the payment which holds it.
    static func move(from merged: Int64, to payment: Int64, at now: Timestamp, in statements: any Statements) throws {
        try statements.execute(
            """
            UPDATE anomaly SET payment = ?1 WHERE payment = ?2 AND closed_at IS NULL
            AND kind NOT IN (SELECT kind FROM anomaly WHERE payment = ?1 AND closed_at IS NULL)
            """,
            [payment, merged]
        )
        try statements.execute(
            """
            UPDATE anomaly SET closed_at = ?, resolution = 'it is an operation of another payment, where the same is open'
            WHERE payment = ? AND closed_at IS NULL
            """,
            [now.milliseconds, merged]
        )
    }

    private static func insert(
        _ anomaly: Anomaly,
        _ severity: Severity,
        on row: EntityRow?,
        closed: Bool,
        in context: RecordContext
    ) throws {
        let evidence = context.evidence
        try context.statements.execute(
            insertion,
            [
                anomaly.kind.rawValue, severity.rawValue, context.account.id, row?.payment, row?.checkout,
                row?.subscription, row == nil && evidence.source == .callback ? evidence.number : nil,
                anomaly.detail, evidence.source.rawValue, evidence.number, evidence.at.milliseconds,
                closed ? evidence.at.milliseconds : nil, closed ? "a notice: there is nothing to settle" : nil,
            ]
        )
    }
}

/// `severity` in the view `anomalies`: alarms need a person's attention, notices are there to be found.
package enum Severity: String, Sendable, CaseIterable {
    case alarm
    case notice
}
