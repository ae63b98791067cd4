import Delivery
package import Ledger
import Metrics
import Telemetry

/// A target's gauges, with the values of the view `targets`.
struct TargetGauges: Sendable {
    private let undelivered: Gauge
    private let paused: Gauge

    init(_ id: DeliveryTarget.ID) {
        let dimensions = [("kind", id.kind.rawValue), ("target", id.label)]
        undelivered = Gauge(label: Metric.undelivered.name, dimensions: dimensions)
        paused = Gauge(label: Metric.targetPaused.name, dimensions: dimensions)
    }

    /// - Parameter row: of the view.
    func show(_ row: ViewRow, of kind: DeliveryTarget.Kind) {
        let count =
            switch kind {
            case .forward: row["waiting"]
            case .notify: row["behind"]
            }
        if case .integer(let number) = count { undelivered.record(number) } else { undelivered.record(Double.nan) }
        paused.record(row["paused_until"] == .null ? 0 : 1)
    }

    /// Sets every gauge to NaN, because a recorded metric stays otherwise.
    func forget() {
        for gauge in [undelivered, paused] { gauge.record(Double.nan) }
    }
}

/// The gauges of all configured targets. Those that are no longer configured have no values.
package struct TargetsGauges: Sendable {
    private var shown: [DeliveryTarget.ID: TargetGauges] = [:]

    package init() {}

    /// - Parameter rows: of the view `targets`.
    package mutating func show(_ rows: [ViewRow], configured: [DeliveryTarget.ID]) {
        let configured = Set(configured)
        for (id, gauges) in shown where !configured.contains(id) {
            gauges.forget()
            shown[id] = nil
        }
        for id in configured {
            guard let row = rows.first(where: { $0.isOf(id) }) else { continue }
            let gauges = shown[id] ?? TargetGauges(id)
            shown[id] = gauges
            gauges.show(row, of: id.kind)
        }
    }
}

extension ViewRow {
    /// Whether a row of the view `targets` is that of a target.
    fileprivate func isOf(_ id: DeliveryTarget.ID) -> Bool {
        text("kind") == id.kind.rawValue && text("account") == id.account ?? "" && text("name") == id.name
    }
}
