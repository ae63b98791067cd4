import Ledger
import Logging
import Payments
import ServiceLifecycle

/// Reads all pages of the database once a day, slowly, to find disk damage while a backup still has the data intact.
struct PageWatch: Service {
    private static let day = Duration.seconds(86_400)
    /// More important work comes first after a start.
    private static let afterStart = Duration.seconds(600)
    /// The longest sleep, whatever the clock does meanwhile. Damage is checked again, and logged again, as often.
    private static let longestSleep = Duration.seconds(3600)
    /// A tenth of the disk's time at most.
    private static let share = 10

    let ledger: Ledger
    let logger: Logger
    let now: @Sendable () -> Timestamp

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var rest = Self.afterStart
            while (try? await Task.sleep(for: rest)) != nil {  // Fails only when cancelled.
                rest = await checkIfDue()
            }
        }
    }

    /// Checks if a day has passed since the last check, even across restarts, or if that check found damage.
    ///
    /// - Returns: how long to sleep until the next look.
    private func checkIfDue() async -> Duration {
        do {
            // A time in the future came from a clock that has been corrected since.
            if let last = try await ledger.lastPageCheck(), last.damage == nil, last.finishedAt <= now(),
                now() < last.finishedAt + Self.day
            {
                return min(last.finishedAt + Self.day - now(), Self.longestSleep)
            }
            let findings = try await ledger.checkPages(at: now()) { try await Task.sleep(for: $0 * (Self.share - 1)) }
            guard findings.isEmpty else {
                logger.critical(
                    """
                    the database is damaged: keep its files, restore the last backup, and check the disk (dmesg, \
                    smartctl)
                    """,
                    metadata: ["found": "\(findings.joined(separator: "; "))"]
                )
                return Self.longestSleep
            }
            logger.info("all pages of the database were read, and none is damaged")
        } catch is CancellationError {
        } catch {
            logger.warning("the pages of the database could not be checked", metadata: ["error": "\(error)"])
        }
        return Self.longestSleep
    }
}
