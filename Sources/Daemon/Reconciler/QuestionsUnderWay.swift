import Ledger
import Synchronization

/// An account's questions that are under way, and the bell of who is in charge of the account. Askers that follow one another
/// share them, also where the account was gone in between: no question is put twice, and their number stays bounded.
final class QuestionsUnderWay: Sendable {
    private struct State {
        var ids: Set<DuePoll.ID> = []
        /// `nil` while the account is not configured.
        var bell: Bell?
    }

    private let state = Mutex(State())

    var all: Set<DuePoll.ID> { state.withLock { $0.ids } }
    var count: Int { state.withLock { $0.ids.count } }
    /// Of the asker that is in charge.
    var bell: Bell? { state.withLock { $0.bell } }

    /// Tells whether it was not under way already.
    func begin(_ id: DuePoll.ID) -> Bool { state.withLock { $0.ids.insert(id).inserted } }

    func end(_ id: DuePoll.ID) { state.withLock { _ = $0.ids.remove(id) } }

    /// Puts another asker in charge, or nobody, and rings for the one before, who leaves.
    func hand(to bell: Bell?) {
        let before = state.withLock { state in
            defer { state.bell = bell }
            return state.bell
        }
        before?.ring()
    }
}
