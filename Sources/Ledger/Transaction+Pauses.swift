import GRDB
import Payments

extension Transaction {
    /// Shows that an account's gateway is left alone until `end`; `nil`: that it is asked again.
    func pause(_ name: String, until end: Timestamp?, reason: PollOutcome?) throws {
        let account = try accounts.row(of: name)
        try statements.execute(
            "UPDATE account SET paused_until = ?, pause_reason = ? WHERE id = ?",
            [end?.milliseconds, reason?.rawValue, account.id]
        )
    }
}
