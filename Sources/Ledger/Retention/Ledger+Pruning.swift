package import Payments
import Synchronization

extension Ledger {
    /// Empties old bodies that nothing unsettled rests on, and drops rejected requests beyond their quota, in small
    /// steps, between which callbacks are recorded as usual. Digests, verdicts and transitions stay.
    ///
    /// It may end at any step, and the next pruning continues there.
    ///
    /// - Parameter pause: how long to rest after each step.
    /// - Returns: what was pruned; `nil` if another pruning is in progress.
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

    /// Checks the clock. To be called more often than once a day, so that a clock that runs ahead is noticed before
    /// anything is emptied because of it.
    ///
    /// - Returns: why the clock is not trusted for pruning; `nil` if it is.
    package func doubtClock(at now: Timestamp) async throws(RecordingError) -> ClockDoubt? {
        try await perform { try $0.doubtClock(at: now) }
    }

    /// When a pruning last finished; `nil` if none ever did.
    package func lastPruning() async throws(RecordingError) -> Timestamp? {
        try await perform { try $0.lastPruning() }
    }
}
