import Payments

extension Transaction {
    /// How many rows one step looks at: few enough that a callback which waits for it does not notice.
    private static let stepSize = 100

    /// One small step of a pruning.
    ///
    /// - Returns: what it did, and where the next one goes on; `nil` at the end.
    mutating func prune(
        _ stage: PruningStage,
        by rule: PruningRule,
        at now: Timestamp
    ) throws -> (pruned: Pruned, next: PruningStage?) {
        switch stage {
        case .neededBodies(let source, let id): try reconsider(source, after: id, olderThan: now - rule.bodies, stage)
        case .bodies(let source): try empty(source, olderThan: now - rule.bodies, stage, at: now)
        case .rejections: try drop(beyond: rule.rejected, stage, at: now)
        }
    }

    /// Notes that a pruning has come to its end.
    func finishPruning(at now: Timestamp) throws {
        try statements.execute("UPDATE pruning SET finished_at = ?", [now.milliseconds])
    }

    /// When a pruning last came to its end.
    func lastPruning() throws -> Timestamp? {
        Timestamp(stored: try statements.number("SELECT finished_at FROM pruning", []))
    }

    private func reconsider(
        _ source: BodyRows.Source,
        after id: Int64,
        olderThan cutoff: Timestamp,
        _ stage: PruningStage
    ) throws -> (Pruned, PruningStage?) {
        var pruned = Pruned()
        let candidates = try BodyRows.needed(of: source, after: id, limit: Self.stepSize, in: statements)
        for candidate in candidates {
            if try empty(candidate, of: source, olderThan: cutoff, &pruned) {
                try BodyRows.forget(candidate.id, of: source, in: statements)
            }
        }
        let last = candidates.count < Self.stepSize ? nil : candidates.last
        return (pruned, last.map { .neededBodies(of: source, after: $0.id) } ?? stage.next)
    }

    private func empty(
        _ source: BodyRows.Source,
        olderThan cutoff: Timestamp,
        _ stage: PruningStage,
        at now: Timestamp
    ) throws -> (Pruned, PruningStage?) {
        var pruned = Pruned()
        let candidates = try BodyRows.next(of: source, limit: Self.stepSize, in: statements)
        // They are in the order of time, but for those that a clock which ran far ahead has dated: these stop nobody.
        let old = candidates.prefix { $0.at < cutoff || $0.at > now }
        for candidate in old where try !empty(candidate, of: source, olderThan: cutoff, &pruned) {
            try BodyRows.remember(candidate.id, of: source, in: statements)
        }
        if let last = old.last { try BodyRows.advance(to: last.id, of: source, in: statements) }
        return (pruned, old.count < Self.stepSize ? stage.next : stage)
    }

    /// Empties a body that is old and not needed.
    ///
    /// - Returns: whether it is empty now.
    private func empty(
        _ candidate: BodyRows.Candidate,
        of source: BodyRows.Source,
        olderThan cutoff: Timestamp,
        _ pruned: inout Pruned
    ) throws -> Bool {
        guard let size = candidate.size else { return true }
        guard candidate.at < cutoff else { return false }
        guard try !BodyRows.isNeeded(candidate, of: source, in: statements) else {
            pruned.needed += 1
            return false
        }
        try BodyRows.empty(candidate.id, of: source, in: statements)
        pruned.bodies += 1
        pruned.bytes += size
        return true
    }

    private mutating func drop(
        beyond quota: RefusalQuota,
        _ stage: PruningStage,
        at now: Timestamp
    ) throws -> (Pruned, PruningStage?) {
        var pruned = Pruned()
        pruned.rejected = try refusals.drop(beyond: quota, at: now, atMost: Self.stepSize, in: statements)
        return (pruned, pruned.rejected < Self.stepSize ? stage.next : stage)
    }
}
