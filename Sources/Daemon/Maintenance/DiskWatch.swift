import ConfigurationFile
package import Ledger
package import Logging
import Metrics
import Payments
import ServiceLifecycle
import Telemetry

/// Watches the disk and the database file once a second.
///
/// It logs when the disk prevents polling and when it no longer does. After a failed write it tries whether writing
/// works again, so that a daemon without callbacks finds out by itself. It also checks whether other programs write
/// into the database, and whether one keeps the write-ahead log from starting over.
struct DiskWatch: Service {
    private static let interval = Duration.seconds(1)
    /// How often to repeat warnings about lasting conditions that must not be overlooked.
    private static let warningPause = Duration.seconds(60)

    let ledger: Ledger
    let logger: Logger
    let now: @Sendable () -> Timestamp

    func run() async throws {
        let halted = Gauge(label: Metric.pollingHalted.name)
        halted.record(0)
        await cancelWhenGracefulShutdown {
            var isHalted = false
            var nextWarning = ContinuousClock.now
            var unsaved: String?
            while !Task.isCancelled {
                let unavailableReason = ledger.unavailableReason(for: .polling)
                if (unavailableReason != nil) != isHalted {
                    isHalted = unavailableReason != nil
                    halted.record(isHalted ? 1 : 0)
                    log(unavailableReason)
                }
                if ledger.hasFailed {
                    _ = try? await ledger.probe(at: now())  // The result shows in the next round.
                }
                ledger.resumeRejections(at: now())
                await lookForInterference()
                if nextWarning <= .now || unsaved != ledger.unsaved, await warn() {
                    nextWarning = .now + Self.warningPause
                }
                unsaved = ledger.unsaved
                try? await Task.sleep(for: Self.interval)  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    private func log(_ unavailableReason: UnavailableReason?) {
        guard let unavailableReason else {
            logger.notice("the database can be written again: polling is resumed")
            return
        }
        logger.error(
            "polling is halted; callbacks are recorded as long as there is room, and answered 503 when there is none",
            metadata: ["reason": "\(unavailableReason)"]
        )
    }

    /// Logs conditions that last and get worse.
    ///
    /// - Returns: whether there was anything to log.
    private func warn() async -> Bool {
        if let unsaved = ledger.unsaved {
            logger.critical(
                """
                callbacks are answered 503 until what the daemon holds is saved: do not kill it, and make room if \
                there is none
                """,
                metadata: ["reason": "\(unsaved)"]
            )
            return true
        }
        // If the log cannot be inspected, other checks report that.
        guard let state = try? await ledger.logState(), let log = LongLog(state) else { return false }
        log.log(logger)
        return true
    }

    private func lookForInterference() async {
        // If the database cannot be read, other checks report that.
        switch try? await ledger.inspect() {
        case .foreignCommit:
            logger.error("another program has written to the database: find it, because only the daemon may do that")
        case .filesAreGone, nil: break  // The ledger ends, and the daemon with it, and logs why.
        }
    }
}

/// A write-ahead log that has grown long, because a reader keeps it from starting over.
package struct LongLog {
    /// In bytes.
    private let size: Int64
    private let oldest: (reader: WALReader, pages: Int)?

    /// - Returns: `nil` if it is not long.
    package init?(_ state: WALState) {
        size = Int64(state.index.frames) * Int64(state.index.pageSize)
        guard size >= WALState.long else { return nil }
        oldest = state.oldest
    }

    /// Logs the length, and which process reads the oldest snapshot.
    ///
    /// - Parameter name: the command of a process, if it can be determined.
    package func log(_ logger: Logger, named name: (Int) -> String? = HostEnvironment(variables: [:]).command) {
        var metadata: Logger.Metadata = ["size": "\(Approximate.bytes(size))"]
        guard let oldest, oldest.pages > 0 else {
            return logger.warning(
                "the write-ahead log is long, and is being copied into the database",
                metadata: metadata
            )
        }
        metadata["process"] = "\(oldest.reader.process)"
        if let command = name(oldest.reader.process) { metadata["command"] = "\(command)" }
        metadata["pages_behind"] = "\(oldest.pages)"
        logger.warning(
            "a program reads an old view of the database, and the log grows until it ends: let it read in small portions, or end it",
            metadata: metadata
        )
    }
}
