import Daemon
import Metrics
import Telemetry

extension PrometheusMetrics {
    /// Where every daemon of the tests counts from its first use on: swift-metrics knows one place in a process.
    static let ofTests: PrometheusMetrics = {
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }()
}
