package import Metrics
import Synchronization

/// Collects the metrics of the process, and renders them for Prometheus.
///
/// Looking up a metric takes a lock, so keep the result. Using it takes an atomic operation, or for a histogram a lock
/// that only its own users share.
package final class PrometheusMetrics: MetricsFactory {
    /// All series of one name. They have one type: the format allows no other, and the first decides.
    private struct Family {
        let type: String
        private(set) var series: [String: any Series] = [:]

        init(type: String) {
            self.type = type
        }

        mutating func add<S: Series>(_ made: S, _ labels: String) {
            guard type == S.type, series.count < seriesLimit else { return }
            series[labels] = made
        }
    }

    /// More sets of labels than this under one name are a mistake: the rest are not counted.
    private static let seriesLimit = 10_000

    private let known: [String: Metric]
    private let families = Mutex<[String: Family]>([:])

    package init(_ metrics: [Metric] = Metric.all) {
        known = Dictionary(metrics.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Renders the text format 0.0.4, sorted by names and labels.
    package func render() -> String {
        let families = families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let metric = known[name] { text += Exposition.help(name, metric.help) }
            text += Exposition.type(name, family.type)
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.render(name, labels, into: &text)
            }
        }
        return text
    }

    /// The series of a name and its labels, the same object each time.
    private func series<S: Series>(_ label: String, _ dimensions: [(String, String)], _ make: (String) -> S) -> S {
        let name = Exposition.name(label, colons: true)
        let labels = Exposition.labels(dimensions)
        return families.withLock { families in
            if let series = families[name]?.series[labels] as? S { return series }
            let made = make(name)
            families[name, default: Family(type: S.type)].add(made, labels)
            return made
        }
    }

    private func bounds(_ name: String) -> [Double] {
        switch known[name]?.kind {
        case .histogram(let bounds): bounds
        case .counter, .gauge, nil: Metric.seconds
        }
    }
}

extension PrometheusMetrics {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { _ in CounterSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions) { _ in GaugeSeries() }
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions) { _ in GaugeSeries() } }
        return series(label, dimensions) { HistogramSeries(bounds: bounds($0)) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions) { HistogramSeries(bounds: bounds($0)) }
    }

    // A series stays: others may use it too, and a counter that starts again at zero would be taken for a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
