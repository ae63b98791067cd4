import GRDB
import Payments

extension LedgerReader {
    /// The health of the ledger and its accounts. It takes some milliseconds, however much the ledger holds.
    package func ledgerHealth() async throws -> LedgerHealth {
        try await readAside { database in
            LedgerHealth(
                accounts: try Row.fetchAll(database.cachedStatement(sql: Self.accounts)).map(AccountHealth.init),
                lastProbe: Timestamp(stored: try Int64.fetchOne(database, sql: "SELECT at FROM heartbeat")),
                pageCheck: try PageCheckOutcome(in: database)
            )
        }
    }

    package func schema() throws -> LedgerSchema {
        try read { database in
            LedgerSchema(
                version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
                known: Migrations.version,
                sqliteVersion: try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
            )
        }
    }

    private static let accounts = """
        SELECT account, unixepoch(last_callback_at), usual_silence_seconds, is_silent, pending, overdue,
               unixepoch(overdue_since), unresolved, open_alarms, rejected_1h, rejection_spike, unixepoch(paused_until),
               pause_reason, rejected_not_kept_24h
        FROM account_health ORDER BY account LIMIT 10000
        """
}

extension AccountHealth {
    fileprivate init(_ row: Row) {
        self.init(
            account: row[0],
            lastCallback: Timestamp(second: row[1]),
            usualSilence: (row[2] as Int64?).map { .seconds($0) },
            isSilent: row[3],
            pending: row[4],
            overdue: row[5],
            overdueSince: Timestamp(second: row[6]),
            unresolved: row[7],
            openAlarms: row[8],
            rejectedInLastHour: row[9],
            hasRejectionSpike: row[10],
            rejectedNotKept: row[13],
            pausedUntil: Timestamp(second: row[11]),
            pauseReason: row[12]
        )
    }
}

extension Timestamp {
    /// The views' times are text, and are read in whole seconds.
    fileprivate init?(second: Int64?) {
        guard let second else { return nil }
        self.init(milliseconds: second.multipliedSaturated(by: 1000))
    }
}
