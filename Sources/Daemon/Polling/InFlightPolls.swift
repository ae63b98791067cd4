import Ledger
import OutboundHTTP
import Synchronization

/// An account's polls under way, and the wake signal of its current poller.
///
/// Successive pollers of an account share them, even if the account was not configured in between: no poll is sent
/// twice, and their number stays bounded.
final class InFlightPolls: Sendable {
    private struct State {
        var ids: Set<DuePoll.ID> = []
        /// Polls that have ended, though the ledger does not know it.
        var unrecorded: Set<DuePoll.ID> = []
        /// `nil` while the account is not configured.
        var wakeSignal: WakeSignal?
    }

    private let state = Mutex(State())

    var all: Set<DuePoll.ID> { state.withLock { $0.ids } }
    /// All that the ledger may take for polls in progress.
    var allKnown: Set<DuePoll.ID> { state.withLock { $0.ids.union($0.unrecorded) } }
    var count: Int { state.withLock { $0.ids.count } }
    /// The wake signal of the current poller.
    var wakeSignal: WakeSignal? { state.withLock { $0.wakeSignal } }

    /// Marks a poll as under way, and returns whether it was not so already.
    func begin(_ id: DuePoll.ID) -> Bool { state.withLock { $0.ids.insert(id).inserted } }

    /// - Parameter isRecorded: whether the ledger knows that it has ended.
    func end(_ id: DuePoll.ID, isRecorded: Bool) {
        state.withLock { state in
            state.ids.remove(id)
            if isRecorded { state.unrecorded.remove(id) } else { state.unrecorded.insert(id) }
        }
    }

    /// Makes another poller, or none, the current one, and wakes the previous one, which ends.
    func transfer(to wakeSignal: WakeSignal?) {
        let before = state.withLock { state in
            defer { state.wakeSignal = wakeSignal }
            return state.wakeSignal
        }
        before?.signal()
    }
}
