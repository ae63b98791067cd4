package import Ledger
import Metrics
import Payments
import Telemetry

/// An account's gauges, with the values of the view `account_health`.
struct AccountGauges: Sendable {
    private let lastCallback: Gauge
    private let usualSilence: Gauge
    private let silent: Gauge
    private let pending: Gauge
    private let overdue: Gauge
    private let overdueSince: Gauge
    private let unresolved: Gauge
    private let openAlarms: Gauge
    private let rejectedInLastHour: Gauge
    private let rejectionSpike: Gauge
    private let rejectedNotKept: Gauge

    init(account: String) {
        func gauge(_ metric: Metric) -> Gauge {
            Gauge(label: metric.name, dimensions: [("account", account)])
        }
        lastCallback = gauge(.lastCallback)
        usualSilence = gauge(.usualSilence)
        silent = gauge(.silent)
        pending = gauge(.pending)
        overdue = gauge(.overdue)
        overdueSince = gauge(.overdueSince)
        unresolved = gauge(.unresolved)
        openAlarms = gauge(.openAlarms)
        rejectedInLastHour = gauge(.rejectedInLastHour)
        rejectionSpike = gauge(.rejectionSpike)
        rejectedNotKept = gauge(.rejectedNotKept)
    }

    func show(_ health: AccountHealth) {
        lastCallback.record(health.lastCallback?.seconds ?? .nan)
        usualSilence.record(health.usualSilence.map { $0 / .seconds(1) } ?? .nan)
        silent.record(health.isSilent.map { $0 ? 1 : 0 } ?? .nan)
        pending.record(health.pending)
        overdue.record(health.overdue)
        overdueSince.record(health.overdueSince?.seconds ?? .nan)
        unresolved.record(health.unresolved)
        openAlarms.record(health.openAlarms)
        rejectedInLastHour.record(health.rejectedInLastHour)
        rejectionSpike.record(health.hasRejectionSpike ? 1 : 0)
        rejectedNotKept.record(health.rejectedNotKept)
    }

    /// Sets every gauge to NaN, because a recorded metric stays otherwise.
    func forget() {
        for gauge in [
            lastCallback, usualSilence, silent, pending, overdue, overdueSince, unresolved, openAlarms,
            rejectedInLastHour, rejectionSpike, rejectedNotKept,
        ] {
            gauge.record(Double.nan)
        }
    }
}

extension Timestamp {
    /// The time as Prometheus writes it: seconds since 1970.
    var seconds: Double { Double(milliseconds) / 1000 }
}

/// The gauges of all configured accounts.
///
/// Accounts that are no longer configured have no values: in the ledger they are history, and may be silent.
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
