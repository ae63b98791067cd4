/// How long is kept what no payment's state needs any more.
package struct PruningRule: Sendable, Equatable {
    /// The age at which the bodies of callbacks and answers are emptied.
    package var bodies: Duration
    package var rejected: RefusalQuota

    package init(bodies: Duration, rejected: RefusalQuota) {
        self.bodies = bodies
        self.rejected = rejected
    }
}

/// What a pruning did.
package struct Pruned: Sendable, Equatable {
    /// Bodies of callbacks and answers that were emptied.
    package var bodies = 0
    /// What was in them.
    package var bytes = 0
    /// Bodies that are old enough, but that something unsettled rests on.
    package var needed = 0
    /// Refused requests that were dropped.
    package var rejected = 0

    package init() {}

    static func += (total: inout Pruned, step: Pruned) {
        total.bodies += step.bodies
        total.bytes += step.bytes
        total.needed += step.needed
        total.rejected += step.rejected
    }
}
