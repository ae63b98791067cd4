import Gateways
import Metrics

/// Refused requests by reason: all the series are there from the start, so that a rate can be told from the first one on.
struct RejectionCounters: Sendable {
    private let reasons: [String: Counter]

    init() {
        reasons = Dictionary(
            uniqueKeysWithValues: Rejection.reasons.map { reason in
                (reason, Counter(label: Metric.rejected.name, dimensions: [("reason", reason)]))
            }
        )
    }

    func count(_ rejection: Rejection) {
        reasons[rejection.reason]?.increment()
    }
}
