import Payments
import Synchronization

/// Lets one complaint through in so much time: while the disk is full, every callback would be another, in a log on the same
/// disk.
final class ComplaintPace: Sendable {
    private let interval: Duration
    private let last = Mutex<Timestamp?>(nil)

    init(_ interval: Duration = .seconds(1)) {
        self.interval = interval
    }

    func admits(at now: Timestamp) -> Bool {
        last.withLock { last in
            // A clock that was set back lets the next one through.
            if let last, last <= now, now < last + interval { return false }
            last = now
            return true
        }
    }
}
