import Ledger
import Logging
import Metrics
import Payments
import ServiceLifecycle

/// Tells when the disk is in the way of the questions and when it no longer is, tries after a failed write whether writing
/// works again, so that a daemon which nobody calls finds out by itself, and looks whether other programs meddle.
struct DiskWatch: Service {
    private static let interval = Duration.seconds(1)

    let ledger: Ledger
    let logger: Logger
    let now: @Sendable () -> Moment

    func run() async throws {
        let halted = Gauge(label: Metric.askingHalted.name)
        halted.record(0)
        await cancelWhenGracefulShutdown {
            var isHalted = false
            while !Task.isCancelled {
                let obstacle = ledger.obstacle(to: .asking)
                if (obstacle != nil) != isHalted {
                    isHalted = obstacle != nil
                    halted.record(isHalted ? 1 : 0)
                    tell(obstacle)
                }
                if ledger.hasFailed {
                    _ = try? await ledger.probe(at: now())  // What it finds out is seen in the next round.
                }
                await lookForInterference()
                try? await Task.sleep(for: Self.interval)  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    private func tell(_ obstacle: Obstacle?) {
        guard let obstacle else {
            logger.notice("writing goes well again: the gateways are asked as before")
            return
        }
        logger.error(
            "no gateway is asked for now; callbacks are recorded as long as there is room, and refused with 503 when not",
            metadata: ["reason": "\(obstacle)"]
        )
    }

    private func lookForInterference() async {
        // Where the database cannot be read, others say so.
        switch try? await ledger.inspect() {
        case .foreignCommit:
            logger.error("another program has written into the database: find it, for only the daemon may do that")
        case .fileIsGone, nil: break  // The ledger ends, and the daemon with it, with a line that says so.
        }
    }
}
