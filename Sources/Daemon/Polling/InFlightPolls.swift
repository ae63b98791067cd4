import Ledger
import Synchronization

/// An account's questions that are under way, and the bell of who is in charge of the account. Askers that follow one another
/// share them, also where the account was gone in between: no question is put twice, and their number stays bounded.
final class InFlightPolls: Sendable {
    private struct State {
        var ids: Set<DuePoll.ID> = []
        /// `nil` while the account is not configured.
        var wakeSignal: WakeSignal?
    }

    private let state = Mutex(State())

    var all: Set<DuePoll.ID> { state.withLock { $0.ids } }
    var count: Int { state.withLock { $0.ids.count } }
    /// Of the asker that is in charge.
    var wakeSignal: WakeSignal? { state.withLock { $0.wakeSignal } }

    /// Tells whether it was not under way already.
    func begin(_ id: DuePoll.ID) -> Bool { state.withLock { $0.ids.insert(id).inserted } }

    func end(_ id: DuePoll.ID) { state.withLock { _ = $0.ids.remove(id) } }

    /// Puts another asker in charge, or nobody, and rings for the one before, who leaves.
    func transfer(to wakeSignal: WakeSignal?) {
        let before = state.withLock { state in
            defer { state.wakeSignal = wakeSignal }
            return state.wakeSignal
        }
        before?.signal()
    }
}
