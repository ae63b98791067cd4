import Ledger
import Logging
import Payments
import ServiceLifecycle

/// Has all pages of the database read once a day, slowly: what a disk has damaged is to be found while a backup has it whole.
struct PageWatch: Service {
    private static let day = Duration.seconds(86_400)
    /// After a start there is more important work for a while.
    private static let afterStart = Duration.seconds(600)
    /// Nobody sleeps longer, whatever the clock does meanwhile. What is damaged is looked at again, and told of, as often.
    private static let longestSleep = Duration.seconds(3600)
    /// A tenth of the disk's time at the most.
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

    /// Checks if a day has passed since the last time, also since before a restart, or if something was damaged then.
    ///
    /// - Returns: how long to rest until the next look.
    private func checkIfDue() async -> Duration {
        do {
            // A time in the future was given by a clock that has been set right since.
            if let last = try await ledger.lastPageCheck(), last.damage == nil, last.finishedAt <= now(),
                now() < last.finishedAt + Self.day
            {
                return min(last.finishedAt + Self.day - now(), Self.longestSleep)
            }
            let findings = try await ledger.checkPages(at: now()) { try await Task.sleep(for: $0 * (Self.share - 1)) }
            guard findings.isEmpty else {
                logger.critical(
                    "the database is damaged: keep its files, restore the last backup, and look at the disk (dmesg, smartctl)",
                    metadata: ["found": "\(findings.joined(separator: "; "))"]
                )
                return Self.longestSleep
            }
            logger.info("all pages of the database were read, and are whole")
        } catch is CancellationError {
        } catch {
            logger.warning("the pages of the database could not be checked", metadata: ["error": "\(error)"])
        }
        return Self.longestSleep
    }
}
