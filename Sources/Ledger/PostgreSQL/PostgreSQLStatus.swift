import Metrics
import Synchronization
import Telemetry

/// Whether the writer has a connection to the server, and how often it had to look for another one.
final class PostgreSQLStatus: Sendable {
    private let isConnected = Mutex(false)
    private let connection = Metrics.Gauge(label: Metric.databaseConnected.name)
    private let reconnects = Metrics.Counter(label: Metric.databaseReconnects.name)

    func connected() {
        isConnected.withLock { $0 = true }
        connection.record(1)
    }

    func disconnected() {
        let wasConnected = isConnected.withLock { isConnected in
            defer { isConnected = false }
            return isConnected
        }
        connection.record(0)
        if wasConnected { reconnects.increment() }
    }
}
