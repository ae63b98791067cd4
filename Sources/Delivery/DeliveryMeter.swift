import Ledger
import Logging
import Metrics
import NIOCore
import Telemetry

/// Counts a target's deliveries, and logs them. All series are there from the start.
struct DeliveryMeter: Sendable {
    private let delivered: Counter
    private let failed: Counter
    private let gaveUp: Counter
    private let time: Metrics.Timer
    private let logger: Logger

    /// - Parameter logger: names the target.
    init(_ id: DeliveryTarget.ID, logger: Logger) {
        let dimensions = [("kind", id.kind.rawValue), ("target", id.label)]
        func counter(_ outcome: String) -> Counter {
            Counter(label: Metric.deliveries.name, dimensions: dimensions + [("outcome", outcome)])
        }
        delivered = counter("delivered")
        failed = counter("failed")
        gaveUp = counter("gave_up")
        time = Metrics.Timer(label: Metric.deliverySeconds.name, dimensions: dimensions)
        self.logger = logger
    }

    /// - Parameters:
    ///   - what: the callback or event that was sent.
    ///   - time: from the request to the end of its answer.
    func count(_ outcome: DeliveryOutcome, of what: Logger.Metadata, after time: Duration) {
        self.time.recordNanoseconds(TimeAmount(time).nanoseconds)
        switch outcome {
        case .delivered(let status):
            delivered.increment()
            logger.debug("delivered", metadata: what.merging(["status": "\(status)"]) { $1 })
        case .failed(_, let error, let nextAttemptAt):
            failed.increment()
            let reasons: Logger.Metadata = ["reason": "\(error)", "next_attempt_at": "\(nextAttemptAt.text)"]
            logger.debug("not delivered", metadata: what.merging(reasons) { $1 })
        case .gaveUp(_, let error):
            gaveUp.increment()
            logger.warning("delivery given up", metadata: what.merging(["reason": "\(error)"]) { $1 })
        }
    }
}

extension Logger {
    /// The same logger, whose lines name a target.
    ///
    /// - Parameter url: without the values of its query.
    func naming(_ id: DeliveryTarget.ID, url: String) -> Logger {
        var logger = self
        logger[metadataKey: "target"] = "\(id)"
        logger[metadataKey: "url"] = "\(url)"
        return logger
    }
}
