import Ledger
import ServiceLifecycle

/// Reports to systemd while callbacks are answered 503, and why.
struct RejectionWatch: Service {
    private static let interval = Duration.seconds(1)
    /// How many looks the report lasts after the last 503: senders try again after five seconds.
    private static let memory = 6

    let ledger: Ledger
    let systemdStatus: SystemdStatus
    /// Returns the number of 503 responses so far.
    let count: @Sendable () -> Int

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var (counted, quietLooks, last) = (count(), Self.memory, "")
            while !Task.isCancelled {
                let now = count()
                quietLooks = now == counted ? quietLooks + 1 : 0
                counted = now
                // A full disk affects the next callback, too; a full queue may be empty already.
                let unavailableReason = ledger.hasFailed ? ledger.unavailableReason(for: .callbacks) : nil
                if let reason = unavailableReason?.description ?? (quietLooks == 0 ? queueState : nil) { last = reason }
                let isRefusing = unavailableReason != nil || quietLooks < Self.memory
                systemdStatus.rejectsCallbacks(because: isRefusing ? last : nil)
                try? await Task.sleep(for: Self.interval)  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    private var queueState: String {
        ledger.isFull ? "the queue is full" : "more arrived than could be recorded, or a commit failed: see the log"
    }
}
