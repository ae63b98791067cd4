import Payments
import Synchronization

/// Lets one complaint through a second: while the disk is full, every callback would be another, in a log on the same disk.
final class ComplaintPace: Sendable {
    private let last = Mutex<Moment?>(nil)

    func admits(at now: Moment) -> Bool {
        last.withLock { last in
            // A clock that was set back lets the next one through.
            if let last, last <= now, now < last + .seconds(1) { return false }
            last = now
            return true
        }
    }
}
