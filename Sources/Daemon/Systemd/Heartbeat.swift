import Ledger
import Logging
import Payments
import ServiceLifecycle

/// Proves periodically that the daemon is not stuck, by writing to the ledger and reading that on another connection,
/// as other programs do, and feeds systemd's watchdog, which restarts the daemon otherwise.
///
/// A full disk or a locked database is not a hang: the daemon keeps answering 503 and recovers by itself, so a restart
/// would not help.
struct Heartbeat: Service {
    /// The interval without a watchdog.
    private static let leisure = Duration.seconds(30)
    private let interval: Duration
    /// The interval after a skipped beat: the next one has to come before the watchdog's timeout.
    private let haste: Duration
    private let ledger: Ledger
    private let systemdStatus: SystemdStatus
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// - Parameter interval: `nil` without a watchdog.
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

    /// Proves that the ledger can be written and read, and notifies systemd.
    ///
    /// - Returns: whether the daemon is alive.
    private func touch() async -> Bool {
        do {
            let time = try await write()
            let status: LedgerStatus
            do {
                status = try await ledger.status()
            } catch  where time == nil && ledger.isShared {
                // The server is away, for reading as for writing. A restart of this process would not bring it back.
                systemdStatus.isAliveWithoutDatabase()
                return true
            }
            if let time, status.heartbeat.map({ $0 < time }) ?? true {
                return skip("what was written cannot be read back")
            }
            systemdStatus.isAlive(status)
            return true
        } catch {
            // After a restart, the daemon could no longer save what it holds.
            if let unsaved = ledger.unsaved {
                systemdStatus.isSaving(unsaved)
                return true
            }
            return skip("\(error)")
        }
    }

    /// Writes the heartbeat.
    ///
    /// - Returns: the time that a reader must now find, unless it finds a later one; `nil` if writing is cleanly
    ///   refused.
    private func write() async throws(RecordingError) -> Timestamp? {
        do throws(RecordingError) {
            return try await ledger.probe(at: now())
        } catch .isUnwritable {
            return nil
        }
    }

    private func skip(_ reason: String) -> Bool {
        guard !Task.isCancelled else { return false }
        logger.error("no heartbeat: the database does not work as it should", metadata: ["error": "\(reason)"])
        return false
    }
}
