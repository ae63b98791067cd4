import Gateways
import Ledger
import Metrics
import Payments
import Telemetry

/// Counts an account's callbacks by verdict and effect.
///
/// All series exist from the start, so that counting is cheap and a rate can be computed from the first callback on.
struct CallbackCounters: Sendable {
    private let effects: [Verdict: [Effect: Counter]]
    private let duplicates: [Verdict: Counter]

    init(account: String) {
        func counter(_ verdict: Verdict, _ effect: String) -> Counter {
            Counter(
                label: Metric.callbacks.name,
                dimensions: [("account", account), ("verdict", verdict.rawValue), ("effect", effect)]
            )
        }
        effects = Dictionary(
            uniqueKeysWithValues: Verdict.allCases.map { verdict in
                (verdict, Dictionary(uniqueKeysWithValues: Effect.allCases.map { ($0, counter(verdict, $0.rawValue)) }))
            }
        )
        duplicates = Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0, counter($0, "duplicate")) })
    }

    func count(_ verdict: Verdict, _ recorded: RecordResult) {
        let counter = recorded.isDuplicate ? duplicates[verdict] : effects[verdict]?[recorded.effect]
        counter?.increment()
    }
}

/// Counts rejected requests by reason.
///
/// All series exist from the start, so that a rate can be computed from the first rejection on.
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
