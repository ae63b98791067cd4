package import Ledger
package import Logging
package import Payments
import ServiceLifecycle

/// Prunes once a day, however often the daemon is restarted.
package struct Pruner: Service {
    private static let day = Duration.seconds(86_400)
    /// More important work comes first after a start.
    private static let afterStart = Duration.seconds(300)
    /// The longest sleep, whatever the clock does meanwhile.
    private static let longestSleep = Duration.seconds(3600)
    /// The pause between steps, which leaves at least four fifths of the disk's time to callbacks.
    static let pause = Duration.milliseconds(50)

    private let ledger: Ledger
    private let rule: @Sendable () -> RetentionPolicy
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    package init(
        ledger: Ledger,
        rule: @escaping @Sendable () -> RetentionPolicy,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.ledger = ledger
        self.rule = rule
        self.logger = logger
        self.now = now
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var rest = Self.afterStart
            while (try? await Task.sleep(for: rest)) != nil {  // Fails only when cancelled.
                rest = await pruneIfDue()
            }
        }
    }

    /// Prunes if a day has passed since the last pruning, even across restarts.
    ///
    /// - Returns: how long to sleep until the next look.
    package func pruneIfDue() async -> Duration {
        guard ledger.holds(.keeping) else { return Self.longestSleep }
        do {
            if let doubt = try await ledger.doubtClock(at: now()) {
                logger.warning("nothing is pruned", metadata: ["reason": "\(doubt)"])
                return Self.longestSleep
            }
            // A time in the future came from a clock that has been corrected since.
            if let last = try await ledger.lastPruning(), last <= now(), now() < last + Self.day {
                return min(last + Self.day - now(), Self.longestSleep)
            }
            guard ledger.unavailableReason(for: .callbacks) == nil else { return Self.longestSleep }
            guard let pruned = try await ledger.prune(by: rule(), pause: Self.pause, at: now()) else {
                return Self.longestSleep
            }
            logger.info(
                "pruned",
                metadata: [
                    "bodies": "\(pruned.bodies)", "bytes": "\(pruned.bytes)", "needed": "\(pruned.needed)",
                    "rejected": "\(pruned.rejected)",
                ]
            )
        } catch is CancellationError {
        } catch {
            logger.warning("pruning failed, will retry in an hour", metadata: ["error": "\(error)"])
        }
        return Self.longestSleep
    }
}
