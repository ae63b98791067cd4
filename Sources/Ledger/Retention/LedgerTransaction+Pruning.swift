import Payments

extension LedgerTransaction {
    /// How many rows one step examines: few enough that a callback which waits for it does not notice.
    private static let stepSize = 100

    /// Runs one small step of a pruning.
    ///
    /// - Returns: what was pruned, and where the next step continues; `nil` at the end.
    mutating func prune(
        _ stage: PruningStage,
        by rule: RetentionPolicy,
        at now: Timestamp
    ) throws -> (pruned: PruningResult, next: PruningStage?) {
        switch stage {
        case .neededBodies(let source, let id): try reconsider(source, after: id, olderThan: now - rule.bodies, stage)
        case .bodies(let source): try empty(source, olderThan: now - rule.bodies, stage, at: now)
        case .rejections: try drop(beyond: rule.rejected, stage, at: now)
        }
    }

    /// Stores that a pruning has finished.
    func finishPruning(at now: Timestamp) throws {
        try statements.execute("UPDATE pruning SET finished_at = ?", [now.milliseconds])
    }

    /// When a pruning last finished.
    func lastPruning() throws -> Timestamp? {
        Timestamp(stored: try statements.number("SELECT finished_at FROM pruning", []))
    }

    private func reconsider(
        _ source: RetainedBodies.Source,
        after id: Int64,
        olderThan cutoff: Timestamp,
        _ stage: PruningStage
    ) throws -> (PruningResult, PruningStage?) {
        var pruned = PruningResult()
        let candidates = try RetainedBodies.needed(of: source, after: id, limit: Self.stepSize, in: statements)
        for candidate in candidates {
            if try empty(candidate, of: source, olderThan: cutoff, &pruned) {
                try RetainedBodies.forget(candidate.id, of: source, in: statements)
            }
        }
        let last = candidates.count < Self.stepSize ? nil : candidates.last
        return (pruned, last.map { .neededBodies(of: source, after: $0.id) } ?? stage.next)
    }

    private func empty(
        _ source: RetainedBodies.Source,
        olderThan cutoff: Timestamp,
        _ stage: PruningStage,
        at now: Timestamp
    ) throws -> (PruningResult, PruningStage?) {
        var pruned = PruningResult()
        let candidates = try RetainedBodies.next(of: source, limit: Self.stepSize, in: statements)
        // They are in the order of time, except for those dated by a clock that ran far ahead, which must not hold up
        // the others.
        let old = candidates.prefix { $0.at < cutoff || $0.at > now }
        for candidate in old where try !empty(candidate, of: source, olderThan: cutoff, &pruned) {
            try RetainedBodies.remember(candidate.id, of: source, in: statements)
        }
        if let last = old.last { try RetainedBodies.advance(to: last.id, of: source, in: statements) }
        return (pruned, old.count < Self.stepSize ? stage.next : stage)
    }

    /// Empties a body if it is old and not needed.
    ///
    /// - Returns: whether it is empty now.
    private func empty(
        _ candidate: RetainedBodies.Candidate,
        of source: RetainedBodies.Source,
        olderThan cutoff: Timestamp,
        _ pruned: inout PruningResult
    ) throws -> Bool {
        guard let size = candidate.size else { return true }
        guard candidate.at < cutoff else { return false }
        guard try !RetainedBodies.isNeeded(candidate, of: source, in: statements) else {
            pruned.needed += 1
            return false
        }
        try RetainedBodies.empty(candidate.id, of: source, in: statements)
        pruned.bodies += 1
        pruned.bytes += size
        return true
    }

    private mutating func drop(
        beyond quota: RejectionQuota,
        _ stage: PruningStage,
        at now: Timestamp
    ) throws -> (PruningResult, PruningStage?) {
        var pruned = PruningResult()
        pruned.rejected = try rejections.drop(beyond: quota, at: now, atMost: Self.stepSize, in: statements)
        return (pruned, pruned.rejected < Self.stepSize ? stage.next : stage)
    }
}
