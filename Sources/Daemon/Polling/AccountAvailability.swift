import Ledger
import Logging
import Metrics
import Payments
import Synchronization
import Telemetry

/// How an account's gateway answers polls, as metrics, log and `account_health` show it. All series are there from the start.
final class AccountAvailability: Sendable {
    typealias Pause = (until: Timestamp, reason: PollOutcome)

    private let account: String
    private let ledger: Ledger
    private let logger: Logger
    private let outcomes: [PollOutcome: Counter]
    private let paused: Gauge
    /// The same trouble is logged once.
    private let lastOutcome = Mutex<PollOutcome?>(nil)

    init(account: String, ledger: Ledger, logger: Logger) {
        self.account = account
        self.ledger = ledger
        self.logger = logger
        outcomes = Dictionary(
            uniqueKeysWithValues: PollOutcome.allCases.map { outcome in
                let dimensions = [("account", account), ("outcome", outcome.rawValue)]
                return (outcome, Counter(label: Metric.polls.name, dimensions: dimensions))
            }
        )
        paused = Gauge(label: Metric.paused.name, dimensions: [("account", account)])
    }

    /// - Parameter pause: `nil` if the gateway is polled.
    func show(_ pause: Pause?) async {
        paused.record(pause == nil ? 0 : 1)
        await recordPause(pause)
    }

    /// Writes into the ledger until when polling is paused. It is shown, not relied upon: what cannot be written now is shown by
    /// the next change.
    func recordPause(_ pause: Pause?) async {
        try? await ledger.pause(account, until: pause?.until, reason: pause?.reason)
    }

    /// The account is not configured any more: it is not paused either.
    func showRetired() {
        paused.record(0)
    }

    func logPause(_ pause: Duration, _ reason: PollOutcome, detail: String?) {
        logger.warning(
            "gateway unavailable, polling paused",
            metadata: [
                "account": "\(account)", "trouble": "\(reason.rawValue)", "reason": "\(detail ?? "unknown")",
                "pause": "\(pause.wholeMilliseconds)ms",
            ]
        )
    }

    func count(_ outcome: PollOutcome, of entity: Entity) {
        outcomes[outcome]?.increment()
        let isNews = lastOutcome.withLock { last in
            defer { last = outcome }
            return last != outcome
        }
        let metadata: Logger.Metadata = [
            "account": "\(account)", "entity": "\(entity.kind)", "outcome": "\(outcome.rawValue)",
        ]
        logger.debug("gateway polled", metadata: metadata)
        if isNews, outcome == .unauthorized {
            logger.error(
                """
                the gateway rejects the account's credentials: check its secret and the gateway's list of allowed \
                addresses
                """,
                metadata: metadata
            )
        }
    }
}
