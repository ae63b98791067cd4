import HTTPTypes
import Metrics
import NIOCore
import Synchronization
import Telemetry

/// The metrics of all connections.
final class ConnectionMetrics: Sendable {
    private let unknownPaths: UnknownPaths
    private let connections = Atomic<Int>(0)
    private let unavailable = Atomic<Int>(0)
    private let connectionsGauge = Gauge(label: Metric.connections.name)
    private let acknowledgementTime = Metrics.Timer(label: Metric.acknowledgementSeconds.name)
    private let responses: [Int: Counter] = Dictionary(
        uniqueKeysWithValues: CallbackResponse.allCases.map { response in
            let status = response.status.code
            return (status, Counter(label: Metric.responses.name, dimensions: [("status", String(status))]))
        }
    )

    init(unknownPaths: UnknownPaths) {
        self.unknownPaths = unknownPaths
    }

    /// Counts a request for a path that belongs to no account.
    func isUnknown(_ path: Substring) {
        unknownPaths.count(path)
    }

    /// Counts a response.
    ///
    /// - Parameter time: from the last byte of the request, if the application answered it.
    func answered(_ status: HTTPResponse.Status, after time: TimeAmount?) {
        responses[status.code]?.increment()
        if status == .serviceUnavailable { unavailable.add(1, ordering: .relaxed) }
        if let time, status == .ok { acknowledgementTime.recordNanoseconds(time.nanoseconds) }
    }

    /// The number of 503 responses so far.
    var unavailableCount: Int { unavailable.load(ordering: .relaxed) }

    func opened() {
        connectionsGauge.record(connections.add(1, ordering: .relaxed).newValue)
    }

    func closed() {
        connectionsGauge.record(connections.subtract(1, ordering: .relaxed).newValue)
    }
}
