import GRDB
import Payments

/// Contradictions and surprises: at most one open per kind and subject.
enum AnomalyRows {
    /// Opens an alarm, or leaves the one that is open; a notice is closed from the start, except for an ambiguous
    /// signature.
    static func open(
        _ anomaly: Anomaly,
        _ evidence: EvidenceID,
        on subject: Subject,
        of account: AccountRow,
        in statements: StatementCache
    ) throws {
        guard !anomaly.isNotice else {
            return try noteOnce(anomaly, evidence, on: subject, of: account, in: statements)
        }
        if anomaly.kind.isOfStanding {
            if try isAcknowledged(anomaly, on: subject, in: statements) { return }
            try closeOutdated(anomaly, evidence, on: subject, in: statements)
        }
        let staysOpen = anomaly.kind.isAlarm || anomaly.kind == .ambiguousSignature
        try insert(
            anomaly,
            anomaly.kind.isAlarm ? .alarm : .notice,
            evidence,
            on: subject,
            of: account,
            closed: !staysOpen,
            in: statements
        )
    }

    /// Records an anomaly that needs no one's attention: it is closed from the start.
    static func record(
        _ anomaly: Anomaly,
        _ evidence: EvidenceID,
        on subject: Subject,
        of account: AccountRow,
        in statements: StatementCache
    ) throws {
        try insert(anomaly, .notice, evidence, on: subject, of: account, closed: true, in: statements)
    }

    /// Records only once what stays true for a long time and is found at each check.
    private static func noteOnce(
        _ anomaly: Anomaly,
        _ evidence: EvidenceID,
        on subject: Subject,
        of account: AccountRow,
        in statements: StatementCache
    ) throws {
        let isNoted = try statements.number(
            "SELECT EXISTS (SELECT 1 FROM anomaly WHERE payment = ? AND kind = ? AND severity = 'notice' AND detail = ?)",
            [subject.payment, anomaly.kind.rawValue, anomaly.detail]
        )
        guard isNoted != 1 else { return }
        try record(anomaly, evidence, on: subject, of: account, in: statements)
    }

    /// Whether a person has closed this very contradiction: it is opened again only with new evidence, which words it
    /// differently.
    private static func isAcknowledged(
        _ anomaly: Anomaly,
        on subject: Subject,
        in statements: StatementCache
    ) throws -> Bool {
        try statements.number(
            """
            SELECT acknowledged IS NOT NULL AND detail = ? FROM anomaly
            WHERE payment = ? AND kind = ? ORDER BY id DESC LIMIT 1
            """,
            [anomaly.detail, subject.payment, anomaly.kind.rawValue]
        ) == 1
    }

    /// Closes an open alarm whose detail is outdated, since an open alarm shows the current state.
    private static func closeOutdated(
        _ anomaly: Anomaly,
        _ evidence: EvidenceID,
        on subject: Subject,
        in statements: StatementCache
    ) throws {
        try statements.execute(
            """
            UPDATE anomaly SET closed_at = ?, resolution = 'it stands otherwise since: see the next'
            WHERE payment = ? AND kind = ? AND closed_at IS NULL AND detail <> ?
            """,
            [evidence.at.milliseconds, subject.payment, anomaly.kind.rawValue, anomaly.detail]
        )
    }

    /// Closes what the evidence resolves, with the reason in words.
    static func resolve(
        _ resolved: Resolutions,
        on subject: Subject,
        at now: Timestamp,
        in statements: StatementCache
    ) throws {
        guard try !resolved.isEmpty && hasOpen(on: subject, in: statements) else { return }
        for resolution in resolved {
            let (kind, reason) = (resolution.kind.rawValue, resolution.reason)
            if let payment = subject.payment {
                try statements.execute(
                    """
                    UPDATE anomaly SET closed_at = ?, resolution = ? WHERE payment = ? AND kind = ? AND closed_at IS NULL
                    """,
                    [now.milliseconds, reason, payment, kind]
                )
            } else if let checkout = subject.checkout {
                try statements.execute(
                    """
                    UPDATE anomaly SET closed_at = ?, resolution = ?
                    WHERE checkout = ? AND payment IS NULL AND kind = ? AND closed_at IS NULL
                    """,
                    [now.milliseconds, reason, checkout, kind]
                )
            } else if let subscription = subject.subscription {
                try statements.execute(
                    """
                    UPDATE anomaly SET closed_at = ?, resolution = ?
                    WHERE subscription = ? AND kind = ? AND closed_at IS NULL
                    """,
                    [now.milliseconds, reason, subscription, kind]
                )
            }
        }
    }

    /// The kinds of anomaly that are open on a payment.
    static func open(on payment: Int64?, in statements: StatementCache) throws -> Set<AnomalyKind> {
        guard let payment else { return [] }
        let rows = try statements.rows("SELECT kind FROM anomaly WHERE payment = ? AND closed_at IS NULL", [payment])
        var kinds: Set<AnomalyKind> = []
        while let row = try rows.next() {
            if let kind = AnomalyKind(rawValue: row[0]) { kinds.insert(kind) }
        }
        return kinds
    }

    /// Whether there is anything to close: most subjects never have an anomaly.
    private static func hasOpen(on subject: Subject, in statements: StatementCache) throws -> Bool {
        guard let payment = subject.payment else { return true }
        return try statements.number(
            "SELECT EXISTS (SELECT 1 FROM anomaly WHERE payment = ? AND closed_at IS NULL)",
            [payment]
        ) == 1
    }

    /// Moves the open anomalies of a payment that turned out to be an operation to the payment which holds it.
    static func move(from merged: Int64, to payment: Int64, at now: Timestamp, in statements: StatementCache) throws {
        try statements.execute(
            "UPDATE OR IGNORE anomaly SET payment = ? WHERE payment = ? AND closed_at IS NULL",
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
        _ evidence: EvidenceID,
        on subject: Subject,
        of account: AccountRow,
        closed: Bool,
        in statements: StatementCache
    ) throws {
        try statements.execute(
            """
            INSERT INTO anomaly (kind, severity, account, payment, checkout, subscription, callback, detail, source,
                                 evidence, opened_at, closed_at, resolution)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [
                anomaly.kind.rawValue, severity.rawValue, account.id, subject.payment, subject.checkout,
                subject.subscription,
                subject.isNothingKnown && evidence.source == .callback ? evidence.number : nil, anomaly.detail,
                evidence.source.rawValue, evidence.number, evidence.at.milliseconds,
                closed ? evidence.at.milliseconds : nil, closed ? "a notice: nothing is to be settled" : nil,
            ]
        )
    }
}

/// `severity` in the view `anomalies`: alarms need a person's attention, notices are there to be found.
package enum Severity: String, Sendable, CaseIterable {
    case alarm
    case notice
}
