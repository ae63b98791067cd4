import Payments

extension LedgerReader {
    /// The health of the ledger and its accounts. It takes some milliseconds, however much the ledger holds.
    package func ledgerHealth() async throws -> LedgerHealth {
        try await reader.readAside { statements in
            LedgerHealth(
                accounts: try statements.rows(Self.accounts).map(AccountHealth.init),
                lastProbe: Timestamp(stored: try statements.number("SELECT at FROM heartbeat")),
                pageCheck: try PageCheckOutcome(in: statements)
            )
        }
    }

    package func schema() throws -> LedgerSchema { try reader.schema() }

    private static let accounts: StaticString = """
        SELECT account, last_callback_at, usual_silence_seconds, is_silent, pending, overdue,
               overdue_since, unresolved, open_alarms, rejected_1h, rejection_spike, paused_until,
               pause_reason, rejected_not_kept_24h
        FROM account_health ORDER BY account LIMIT 10000
        """
}

extension AccountHealth {
    fileprivate init(_ row: Row) {
        func time(_ text: String?) -> Timestamp? { text.flatMap(Timestamp.init(viewed:)) }
        self.init(
            account: row[0],
            lastCallback: time(row[1]),
            usualSilence: (row[2] as Int64?).map { .seconds($0) },
            isSilent: row[3],
            pending: row[4],
            overdue: row[5],
            overdueSince: time(row[6]),
            unresolved: row[7],
            openAlarms: row[8],
            rejectedInLastHour: row[9],
            hasRejectionSpike: row[10],
            rejectedNotKept: row[13],
            pausedUntil: time(row[11]),
            pauseReason: row[12]
        )
    }
}
