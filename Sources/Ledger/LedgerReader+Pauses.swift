import GRDB
package import Payments

/// A gateway was in trouble, and is left alone for a while.
package struct Pause: Sendable, Equatable {
    package let until: Moment
    /// What the trouble was.
    package let reason: PollOutcome
}

extension LedgerReader {
    /// The pause of an account's gateway, which may be over; `nil` while it is asked.
    package func pause(of account: String) throws -> Pause? {
        try read { try Pause(of: account, in: $0) }
    }
}

extension Pause {
    init?(of account: String, in database: Database) throws {
        let row = try Row.fetchOne(
            database,
            sql: "SELECT paused_until, pause_reason FROM account WHERE name = ? AND paused_until IS NOT NULL",
            arguments: [account]
        )
        guard let row, let reason = PollOutcome(rawValue: row[1] ?? "") else { return nil }
        self.init(until: Moment(milliseconds: row[0]), reason: reason)
    }
}
