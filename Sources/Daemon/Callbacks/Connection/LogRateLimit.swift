import Logging
import Metrics
import Payments
import Synchronization
import Telemetry

/// Admits one log line per interval: while the disk is full, every callback would log another, to the same disk.
final class LogRateLimit: Sendable {
    private let interval: Duration
    private let last = Mutex<Timestamp?>(nil)

    init(_ interval: Duration = .seconds(1)) {
        self.interval = interval
    }

    func admits(at now: Timestamp) -> Bool {
        last.withLock { last in
            // If the clock was set back, the next line is admitted.
            if let last, last <= now, now < last + interval { return false }
            last = now
            return true
        }
    }
}

/// Reports that the connection limit is reached: in a metric, and once a minute in the log.
final class ConnectionLimitLog: Sendable {
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let pace = LogRateLimit(.seconds(60))
    private let closed = Counter(label: Metric.idleConnectionsClosed.name)
    /// Idle connections closed since the last log line.
    private let closedSince = Atomic<Int>(0)

    init(_ logger: Logger, now: @escaping @Sendable () -> Timestamp) {
        self.logger = logger
        self.now = now
    }

    /// Reports that the limit is reached.
    ///
    /// - Parameter idle: how many idle connections were closed for new ones.
    func reached(limit: Int, closing idle: Int) {
        closed.increment(by: idle)
        closedSince.add(idle, ordering: .relaxed)
        guard pace.admits(at: now()) else { return }
        logger.warning(
            "limits.connections is reached: idle connections are closed for new ones, which wait if none is idle",
            metadata: ["limit": "\(limit)", "closed": "\(closedSince.exchange(0, ordering: .relaxed))"]
        )
    }
}
