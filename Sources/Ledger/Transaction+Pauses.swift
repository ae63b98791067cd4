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

    /// Makes due what is open and planned for later than any schedule gives, and brings what has ended within the horizon; some
    /// thousand at a time, for callbacks wait meanwhile.
    mutating func recall(beyond horizon: Moment, at now: Moment) throws {
        for account in accounts.all {
            let beyond: [any Bindable] = [now.milliseconds, horizon.milliseconds, account.id, horizon.milliseconds]
            try statements.execute(
                """
                UPDATE payment SET next_poll_at = iif(
                    state = 'pending' OR state = 'authorized' OR state = 'unknown' OR wished_at IS NOT NULL, ?, ?)
                WHERE id IN (SELECT id FROM payment WHERE account = ? AND next_poll_at > ? LIMIT 1000)
                """,
                beyond
            )
            try statements.execute(
                """
                UPDATE operation SET next_poll_at = iif(
                    state = 'pending' OR state = 'unknown' OR wished_at IS NOT NULL, ?, ?)
                WHERE (payment, operation_id) IN (
                    SELECT payment, operation_id FROM operation WHERE account = ? AND next_poll_at > ? LIMIT 1000)
                """,
                beyond
            )
            try statements.execute(
                """
                UPDATE checkout SET next_poll_at = ? WHERE id IN (
                    SELECT id FROM checkout WHERE account = ? AND next_poll_at > ? LIMIT 1000)
                """,
                [now.milliseconds, account.id, horizon.milliseconds]
            )
            try statements.execute(
                """
                UPDATE subscription SET next_poll_at = ? WHERE id IN (
                    SELECT id FROM subscription WHERE account = ? AND next_poll_at > ? LIMIT 1000)
                """,
                [now.milliseconds, account.id, horizon.milliseconds]
            )
        }
        wake()
    }
}
