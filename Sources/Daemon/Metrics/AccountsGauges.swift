package import Ledger

/// The numbers of all accounts that are configured. Of one that is no longer, nothing is known: others in the ledger are history,
/// and may be silent.
package struct AccountsGauges: Sendable {
    private var shown: [String: AccountGauges] = [:]

    package init() {}

    package mutating func show(_ accounts: [AccountHealth], configured: Set<String>) {
        for (account, gauges) in shown where !configured.contains(account) {
            gauges.forget()
            shown[account] = nil
        }
        for health in accounts where configured.contains(health.account) {
            let gauges = shown[health.account] ?? AccountGauges(account: health.account)
            shown[health.account] = gauges
            gauges.show(health)
        }
    }
}
