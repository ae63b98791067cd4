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
    /// - Throws: ``ClockDoubt``, ``RecordingError``, or `CancellationError`.
    package func prune(by rule: RetentionPolicy, pause: Duration, at now: Timestamp) async throws -> PruningResult? {
        guard isPruning.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return nil }
        defer { isPruning.store(false, ordering: .releasing) }
        if let doubt = try await doubtClock(at: now) { throw doubt }
        var pruned = PruningResult()
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

    /// Looks at the clock. To be done more often than once a day, so that one that runs ahead is noticed before it empties anything.
    ///
    /// - Returns: why nothing is pruned by it.
    package func doubtClock(at now: Timestamp) async throws(RecordingError) -> ClockDoubt? {
        try await perform { try $0.doubtClock(at: now) }
    }

    /// When a pruning last came to its end; `nil`: never.
    package func lastPruning() async throws(RecordingError) -> Timestamp? {
        try await perform { try $0.lastPruning() }
    }
}
