import Metrics
package import Telemetry

extension PrometheusMetrics {
    /// The metrics of every daemon of the tests: swift-metrics has one factory per process.
    package static let ofTests: PrometheusMetrics = {
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }()
}
