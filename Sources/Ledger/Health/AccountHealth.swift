package import Payments

/// How an account stands: what monitoring reads of `account_health`.
package struct AccountHealth: Sendable, Equatable {
    package let account: String
    package let lastCallback: Timestamp?
    /// The longest that no callback came at this hour of the week, but for the worst week; `nil` where too little is known.
    package let usualSilence: Duration?
    /// `nil` where nothing is known to be usual.
    package let isSilent: Bool?
    package let pending: Int
    /// Questions that are overdue.
    package let overdue: Int
    /// For when the oldest of them was planned.
    package let overdueSince: Timestamp?
    /// What the asking gave up on.
    package let unresolved: Int
    package let openAlarms: Int
    package let rejectedInLastHour: Int
    package let hasRejectionSpike: Bool
    /// Refused requests of the last day that are not kept, because others needed their place.
    package let rejectedNotKept: Int
    /// It may be over.
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

/// How the ledger stands as a whole.
package struct LedgerHealth: Sendable, Equatable {
    /// By name.
    package let accounts: [AccountHealth]
    /// When it was last proved, by writing, that the database can be written.
    package let lastProbe: Timestamp?
    /// `nil` where the pages were never checked.
    package let pageCheck: PageCheckOutcome?

    package init(accounts: [AccountHealth], lastProbe: Timestamp?, pageCheck: PageCheckOutcome? = nil) {
        self.accounts = accounts
        self.lastProbe = lastProbe
        self.pageCheck = pageCheck
    }
}

/// What a database is written in.
package struct LedgerSchema: Sendable, Equatable {
    package let version: Int
    /// The version that this program writes.
    package let known: Int
    /// Of the library that this program is linked to.
    package let sqliteVersion: String
}
