import GRDB
import Payments

extension Transaction {
    /// Shows that an account's gateway is left alone until `end`; `nil`: that it is asked again.
    func pause(_ name: String, until end: Moment?, reason: PollOutcome?) throws {
        let account = try accounts.row(of: name)
        try statements.execute(
            "UPDATE account SET paused_until = ?, pause_reason = ? WHERE id = ?",
            [end?.milliseconds, reason?.rawValue, account.id]
        )
    }

    /// Makes due what is planned for later than any schedule gives.
    mutating func recall(beyond horizon: Moment, at now: Moment) throws {
        try statements.execute(
            "UPDATE payment SET next_poll_at = ? WHERE next_poll_at > ?",
            [now.milliseconds, horizon.milliseconds]
        )
        try statements.execute(
            "UPDATE operation SET next_poll_at = ? WHERE next_poll_at > ?",
            [now.milliseconds, horizon.milliseconds]
        )
        try statements.execute(
            "UPDATE checkout SET next_poll_at = ? WHERE next_poll_at > ?",
            [now.milliseconds, horizon.milliseconds]
        )
        wake()
    }
}
