package import Payments

/// The health of an account: what monitoring reads from `account_health`.
package struct AccountHealth: Sendable, Equatable {
    package let account: String
    package let lastCallback: Timestamp?
    /// The longest time without a callback at this hour of the week, except in the worst week; `nil` if too little is
    /// known.
    package let usualSilence: Duration?
    /// `nil` if the usual silence is not known.
    package let isSilent: Bool?
    package let pending: Int
    /// Polls that are overdue.
    package let overdue: Int
    /// When the oldest of them was due.
    package let overdueSince: Timestamp?
    /// How many entities are unresolved: polling has given up on them.
    package let unresolved: Int
    package let openAlarms: Int
    package let rejectedInLastHour: Int
    package let hasRejectionSpike: Bool
    /// Rejected requests of the last day that were not kept, because others needed the space.
    package let rejectedNotKept: Int
    /// It may be in the past.
    package let pausedUntil: Timestamp?
    package let pauseReason: String?

    package init(
        account: String,
        lastCallback: Timestamp? = nil,
        usualSilence: Duration? = nil,
        isSilent: Bool? = nil,
        pending: Int = 0,
        overdue: Int = 0,
        overdueSince: Timestamp? = nil,
        unresolved: Int = 0,
        openAlarms: Int = 0,
        rejectedInLastHour: Int = 0,
        hasRejectionSpike: Bool = false,
        rejectedNotKept: Int = 0,
        pausedUntil: Timestamp? = nil,
        pauseReason: String? = nil
    ) {
        self.account = account
        self.lastCallback = lastCallback
        self.usualSilence = usualSilence
        self.isSilent = isSilent
        self.pending = pending
        self.overdue = overdue
        self.overdueSince = overdueSince
        self.unresolved = unresolved
        self.openAlarms = openAlarms
        self.rejectedInLastHour = rejectedInLastHour
        self.hasRejectionSpike = hasRejectionSpike
        self.rejectedNotKept = rejectedNotKept
        self.pausedUntil = pausedUntil
        self.pauseReason = pauseReason
    }
}

/// The health of the whole ledger.
package struct LedgerHealth: Sendable, Equatable {
    /// By name.
    package let accounts: [AccountHealth]
    /// When a write last proved that the database can be written.
    package let lastProbe: Timestamp?
    /// `nil` if the pages were never checked.
    package let pageCheck: PageCheckOutcome?

    package init(accounts: [AccountHealth], lastProbe: Timestamp?, pageCheck: PageCheckOutcome? = nil) {
        self.accounts = accounts
        self.lastProbe = lastProbe
        self.pageCheck = pageCheck
    }
}

extension Ledger {
    /// Until when an account's gateway is not polled, and why, as the last to poll it has shown.
    package func pause(of account: String) async throws -> (until: Timestamp, reason: PollOutcome)? {
        try await store.reader.readAside { statements in
            let row = try statements.row("SELECT paused_until, pause_reason FROM account WHERE name = ?", [account])
            guard let row, let until = Timestamp(stored: row[0]), let reason = row[1] as String? else { return nil }
            return PollOutcome(rawValue: reason).map { (until, $0) }
        }
    }
}

/// The schema version of a database.
package struct LedgerSchema: Sendable, Equatable {
    package let version: Int
    /// The version that this program writes.
    package let known: Int
    /// The version of the SQLite library that this program is linked to, or of the server.
    package let engineVersion: String
}

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

    /// The engine's version, for one of many tasks: its thread does not wait while another one reads.
    package func engineVersion() async throws -> String { try await reader.schemaAside().engineVersion }

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
