package import Payments
import Synchronization

/// How long data is kept that no payment's state needs any more.
package struct RetentionPolicy: Sendable, Equatable {
    /// The age at which the bodies of callbacks and answers are emptied.
    package var bodies: Duration
    package var rejected: RejectionQuota

    package init(bodies: Duration, rejected: RejectionQuota) {
        self.bodies = bodies
        self.rejected = rejected
    }
}

/// What a pruning removed.
package struct PruningResult: Sendable, Equatable {
    /// Bodies of callbacks and answers that were emptied.
    package var bodies = 0
    /// The total size of these bodies.
    package var bytes = 0
    /// Bodies that are old enough, but on which something unsettled rests.
    package var needed = 0
    /// Rejected requests that were dropped.
    package var rejected = 0

    package init() {}

    static func += (total: inout PruningResult, step: PruningResult) {
        total.bodies += step.bodies
        total.bytes += step.bytes
        total.needed += step.needed
        total.rejected += step.rejected
    }
}

/// How far a pruning has got. How much of the evidence has been examined is stored in the database; bodies that were
/// still needed the last time are examined again each time.
enum PruningStage: Sendable {
    case neededBodies(of: RetainedBodies.Source, after: Int64)
    case bodies(of: RetainedBodies.Source)
    case rejections

    static let first = neededBodies(of: .callback, after: 0)

    /// The stage after this one; bodies that were still needed go first, so that nothing is examined twice.
    var next: PruningStage? {
        switch self {
        case .neededBodies(.callback, _): .neededBodies(of: .poll, after: 0)
        case .neededBodies(.poll, _): .bodies(of: .callback)
        case .bodies(.callback): .bodies(of: .poll)
        case .bodies(.poll): .rejections
        case .rejections: nil
        }
    }
}

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
