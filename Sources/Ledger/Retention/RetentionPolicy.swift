/// How long is kept what no payment's state needs any more.
package struct RetentionPolicy: Sendable, Equatable {
    /// The age at which the bodies of callbacks and answers are emptied.
    package var bodies: Duration
    package var rejected: RejectionQuota

    package init(bodies: Duration, rejected: RejectionQuota) {
        self.bodies = bodies
        self.rejected = rejected
    }
}

/// What a pruning did.
package struct PruningResult: Sendable, Equatable {
    /// Bodies of callbacks and answers that were emptied.
    package var bodies = 0
    /// What was in them.
    package var bytes = 0
    /// Bodies that are old enough, but that something unsettled rests on.
    package var needed = 0
    /// Refused requests that were dropped.
    package var rejected = 0

    package init() {}

    static func += (total: inout PruningResult, step: PruningResult) {
        total.bodies += step.bodies
        total.bytes += step.bytes
        total.needed += step.needed
        total.rejected += step.rejected
    }
}

/// Where a pruning stands. How far the evidence was looked at is in the database; what was needed the last time is looked at
/// again each time.
enum PruningStage: Sendable {
    case neededBodies(of: RetainedBodies.Source, after: Int64)
    case bodies(of: RetainedBodies.Source)
    case rejections

    static let first = neededBodies(of: .callback, after: 0)

    /// The stage after this one; what was needed goes first, so that nothing is looked at twice.
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
