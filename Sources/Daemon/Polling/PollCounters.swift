import Metrics
import Payments
import Telemetry

/// An account's questions by outcome, and whether its gateway is left alone: all the series are there from the start.
struct PollCounters: Sendable {
    private let outcomes: [PollOutcome: Counter]
    private let paused: Gauge

    init(account: String) {
        outcomes = Dictionary(
            uniqueKeysWithValues: PollOutcome.allCases.map { outcome in
                let dimensions = [("account", account), ("outcome", outcome.rawValue)]
                return (outcome, Counter(label: Metric.polls.name, dimensions: dimensions))
            }
        )
        paused = Gauge(label: Metric.paused.name, dimensions: [("account", account)])
    }

    func count(_ outcome: PollOutcome) {
        outcomes[outcome]?.increment()
    }

    func show(isPaused: Bool) {
        paused.record(isPaused ? 1 : 0)
    }
}
