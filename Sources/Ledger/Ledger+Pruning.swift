package import Payments
import Synchronization

extension Ledger {
    /// Empties the bodies that are old and that nothing unsettled rests on, and drops refused requests beyond their quota: in
    /// small steps, between which callbacks are recorded as ever. Digests, verdicts and transitions stay.
    ///
    /// It may end at any step, and the next one goes on there.
    ///
    /// - Parameter pause: how long it rests after each step.
    /// - Returns: what it did; `nil` if another pruning is under way.
    /// - Throws: ``RecordingError``, or `CancellationError`.
    package func prune(by rule: PruningRule, pause: Duration, at now: Moment) async throws -> Pruned? {
        guard isPruning.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return nil }
        defer { isPruning.store(false, ordering: .releasing) }
        var pruned = Pruned()
        var stage: PruningStage? = .first
        while let current = stage {
            let step = try await perform { try $0.prune(current, by: rule, at: now) }
            pruned += step.pruned
            stage = step.next
            if stage != nil, pause > .zero { try await Task.sleep(for: pause) }
        }
        try await perform { try $0.finishPruning(at: now) }
        return pruned
    }

    /// When a pruning last came to its end; `nil`: never.
    package func lastPruning() async throws(RecordingError) -> Moment? {
        try await perform { try $0.lastPruning() }
    }
}
