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
    /// How soon after a beat that was skipped: the next one has to come while the watchdog still waits.
    private let haste: Duration
    private let ledger: Ledger
    private let systemdStatus: SystemdStatus
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// - Parameter interval: `nil` where no watchdog is waiting.
    init(
        every interval: Duration?,
        ledger: Ledger,
        systemdStatus: SystemdStatus,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.interval = interval ?? Self.leisure
        haste = interval.map { min($0, .seconds(1)) } ?? Self.leisure
        self.logger = logger
        self.ledger = ledger
        self.systemdStatus = systemdStatus
        self.now = now
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let pause = await touch() ? interval : haste
                try? await Task.sleep(for: pause)  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    /// - Returns: whether the daemon is alive.
    private func touch() async -> Bool {
        do {
            let time = try await write()
            let status = try await ledger.status()
            if let time, status.heartbeat.map({ $0 < time }) ?? true { return skip("what was written cannot be read") }
            systemdStatus.isAlive(status)
            return true
        } catch {
            // Started anew, it could no longer save what it holds.
            if let unsaved = ledger.unsaved {
                systemdStatus.isSaving(unsaved)
                return true
            }
            return skip("\(error)")
        }
    }

    /// - Returns: the time that is there to be read then, this one or a later one; `nil` where writing is cleanly refused.
    private func write() async throws(RecordingError) -> Timestamp? {
        do throws(RecordingError) {
            return try await ledger.probe(at: now())
        } catch .isUnwritable {
            return nil
        }
    }

    private func skip(_ reason: String) -> Bool {
        guard !Task.isCancelled else { return false }
        logger.error("no heartbeat: the database does not answer as it should", metadata: ["error": "\(reason)"])
        return false
    }
}
