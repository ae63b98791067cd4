package import Ledger

/// What a pruning did, as the JSON of `POST /v1/prune` and of `paystate prune --json`.
package struct PruningAnswer: Codable, Sendable, Equatable {
    /// Bodies of callbacks and answers that were emptied.
    package let bodies: Int
    /// What was in them.
    package let bytes: Int
    /// Bodies that are old enough, but that something unsettled rests on.
    package let needed: Int
    /// Refused requests that were dropped.
    package let rejected: Int

    package init(_ pruned: PruningResult) {
        bodies = pruned.bodies
        bytes = pruned.bytes
        needed = pruned.needed
        rejected = pruned.rejected
    }
}
