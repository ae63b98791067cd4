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
