package import Ledger
package import Payments
import Telemetry

/// Checks the state of the accounts for what a person has to look at.
package struct AccountsCheck {
    package let now: Timestamp

    package init(now: Timestamp) {
        self.now = now
    }

    /// - Parameter accounts: Those of the configuration; `nil` if it is not known: then all are checked.
    package func findings(_ health: LedgerHealth, accounts: Set<String>?) -> [Finding] {
        let standing = health.accounts.filter { accounts?.contains($0.account) ?? true }
        guard !standing.isEmpty else { return [Finding("accounts", .skipped, "the ledger has none of them yet")] }
        return [
            finding("silence", standing, silence), finding("refused callbacks", standing, refused),
            finding("overdue polls", standing, overdue), finding("gateways", standing, pause),
            finding("open alarms", standing, alarms), finding("unresolved", standing, unresolved),
        ]
    }

    /// One finding for all accounts: it names the accounts that need attention, else those worth mentioning.
    private func finding(
        _ check: String,
        _ accounts: [AccountHealth],
        _ judge: (AccountHealth) -> (verdict: Finding.Verdict, seen: String?, advice: String?)
    ) -> Finding {
        let judged = accounts.map { account in (account: account.account, result: judge(account)) }
        let worst = judged.map(\.result.verdict).max() ?? .ok
        let named = judged.filter { $0.result.verdict == worst && $0.result.seen != nil }
        let shown = named.prefix(worst == .ok ? 3 : 10)
        var seen = shown.map { "\($0.account): \($0.result.seen ?? "")" }.joined(separator: "; ")
        if named.count > shown.count { seen += "; and so on, at \(Approximate.count(named.count, "account"))" }
        let advice = named.lazy.compactMap(\.result.advice).first
        return Finding(
            check,
            worst,
            seen.isEmpty ? "nothing at \(Approximate.count(accounts.count, "account"))" : seen,
            advice: advice
        )
    }

    private func silence(_ account: AccountHealth) -> (Finding.Verdict, String?, String?) {
        guard let last = account.lastCallback else { return (.ok, "no callback has arrived yet", nil) }
        let ago = "the last callback arrived \(Approximate.time(now - last)) ago"
        guard let usual = account.usualSilence, let isSilent = account.isSilent else {
            return (.ok, "\(ago); what is usual at this hour is not known yet", nil)
        }
        let seen = "\(ago); at this hour of the week (UTC) one usually arrives within \(Approximate.time(usual))"
        guard isSilent else { return (.ok, seen, nil) }
        let advice = """
            does the gateway still have the notification_url, does the proxy in front pass it on, is it rejected \
            (`SELECT * FROM rejected ORDER BY id DESC LIMIT 5`), does the shop still sell?
            """
        return (.warning, seen, advice)
    }

    private func refused(_ account: AccountHealth) -> (Finding.Verdict, String?, String?) {
        let count = account.rejectedInLastHour
        guard account.hasRejectionSpike || account.rejectedNotKept > 0 else {
            return (.ok, count == 0 ? nil : "\(count) in the last hour", nil)
        }
        let advice = """
            see who sent them (`SELECT received_at, remote_address, reason FROM rejected ORDER BY id DESC LIMIT 20`); \
            if it was the gateway, a key is wrong: correct it, reload, and run `paystate reverify`
            """
        let lost =
            account.rejectedNotKept == 0
            ? "" : "; \(account.rejectedNotKept) of the last day were not kept, because too many arrived"
        guard account.hasRejectionSpike else { return (.warning, "\(count) in the last hour\(lost)", advice) }
        return (.failure, "\(count) in the last hour, many more than usual or than were accepted\(lost)", advice)
    }

    private func overdue(_ account: AccountHealth) -> (Finding.Verdict, String?, String?) {
        guard let since = account.overdueSince else { return (.ok, nil, nil) }
        let age = now - since
        let seen = "\(account.overdue), the oldest for \(Approximate.time(age))"
        guard age > .seconds(1800), pauseEnd(account) == nil else { return (.ok, seen, nil) }
        let advice = """
            is the daemon running? If it is, polls fall due faster than they may be sent: raise \
            reconcile.requests_per_second if the gateway allows it; `paystate payments --overdue` lists them
            """
        return (.warning, seen, advice)
    }

    private func pause(_ account: AccountHealth) -> (Finding.Verdict, String?, String?) {
        guard let end = pauseEnd(account) else { return (.ok, nil, nil) }
        let advice = """
            see what is wrong with `SELECT asked_at, outcome, detail FROM polls ORDER BY id DESC LIMIT 5`; nothing is \
            lost, everything is polled later
            """
        return (.warning, "in trouble (\(account.pauseReason ?? "?")), polling is paused until \(end.text)", advice)
    }

    /// The end of a pause, unless it ended long ago: such a pause was left behind by a daemon that was stopped.
    private func pauseEnd(_ account: AccountHealth) -> Timestamp? {
        account.pausedUntil.flatMap { $0 > now - .seconds(600) ? $0 : nil }
    }

    private func alarms(_ account: AccountHealth) -> (Finding.Verdict, String?, String?) {
        guard account.openAlarms > 0 else { return (.ok, nil, nil) }
        let advice = """
            `SELECT id, kind, payment_id, detail FROM anomalies WHERE closed_at IS NULL AND severity = 'alarm'`, then \
            `paystate show PAYMENT`; close what is cleared up with `paystate acknowledge ID --note TEXT`
            """
        return (.warning, "\(account.openAlarms)", advice)
    }

    private func unresolved(_ account: AccountHealth) -> (Finding.Verdict, String?, String?) {
        guard account.unresolved > 0 else { return (.ok, nil, nil) }
        let advice = """
            the gateway never said how these ended, which does not mean that they failed: `SELECT payment_id, state \
            FROM payments WHERE reconciliation = 'unresolved'`, and ask its support
            """
        return (.warning, "\(account.unresolved)", advice)
    }
}
