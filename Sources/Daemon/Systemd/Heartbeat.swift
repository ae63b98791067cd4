import Ledger
import Logging
import Payments
import ServiceLifecycle

/// Proves again and again that the daemon is not stuck, by writing to the ledger and by reading that on another connection,
/// as other programs do; and lets the supervisor know, who else would start it anew.
///
/// A disk that is full, and a database that another program holds, are clean refusals: the daemon goes on answering 503, and
/// recovers by itself; to start it anew would help nobody.
struct Heartbeat: Service {
    /// How often where no watchdog is waiting.
    private static let leisure = Duration.seconds(30)

    private let interval: Duration
    private let ledger: Ledger
    private let announcer: Announcer
    private let logger: Logger
    private let now: @Sendable () -> Moment

    /// - Parameter interval: `nil` where no watchdog is waiting.
    init(
        every interval: Duration?,
        ledger: Ledger,
        announcer: Announcer,
        logger: Logger,
        now: @escaping @Sendable () -> Moment
    ) {
        self.interval = interval ?? Self.leisure
        self.logger = logger
        self.ledger = ledger
        self.announcer = announcer
        self.now = now
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await beat()
                try? await Task.sleep(for: interval)  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    private func beat() async {
        let beganAt = now()
        do {
            let unwritable = try await write(at: beganAt)
            let pulse = try await ledger.pulse()
            guard unwritable != nil || pulse.heartbeat.map({ $0 >= beganAt }) == true else {
                return skip("what was written cannot be read")
            }
            announcer.isAlive(pulse, unwritable: unwritable)
        } catch {
            skip("\(error)")
        }
    }

    /// Writes, or learns why that is cleanly refused.
    private func write(at now: Moment) async throws(RecordingError) -> String? {
        do throws(RecordingError) {
            try await ledger.probe(at: now)
            return nil
        } catch .isUnwritable(let reason) {
            return reason
        }
    }

    private func skip(_ reason: String) {
        guard !Task.isCancelled else { return }
        logger.error("no heartbeat: the database does not answer as it should", metadata: ["error": "\(reason)"])
    }
}
