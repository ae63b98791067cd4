import Ledger
import Synchronization

/// An account's questions that are under way. Askers that follow one another share them: none is put twice, and their number
/// stays bounded, also while a reload changes the account.
final class QuestionsUnderWay: Sendable {
    private let ids = Mutex<Set<DueQuestion.ID>>([])

    var all: Set<DueQuestion.ID> { ids.withLock { $0 } }
    var count: Int { ids.withLock { $0.count } }

    /// Tells whether it was not under way already.
    func begin(_ id: DueQuestion.ID) -> Bool { ids.withLock { $0.insert(id).inserted } }

    func end(_ id: DueQuestion.ID) { ids.withLock { _ = $0.remove(id) } }
}
