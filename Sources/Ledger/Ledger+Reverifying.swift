/// A refused request that is proved now: the number that it has in `rejected`, and the callback that it is.
package struct Reverified: Sendable {
    package let refusal: Int64
    package let receipt: Receipt

    package init(refusal: Int64, receipt: Receipt) {
        self.refusal = refusal
        self.receipt = receipt
    }
}

extension Ledger {
    /// Records what was refused and is proved now, in its order, and takes it out of `rejected`: all of it, or nothing, and
    /// durable when this returns.
    ///
    /// - Returns: what became of each; `nil` where it was not in `rejected` any more, and nothing was done.
    package func record(_ reverified: [Reverified]) async throws(RecordingError) -> [Recorded?] {
        try await perform { transaction in
            try reverified.map { try transaction.record($0) }
        }
    }
}

extension Transaction {
    fileprivate mutating func record(_ reverified: Reverified) throws -> Recorded? {
        guard try refusals.remove(reverified.refusal, provedAs: reverified.receipt, in: statements) else { return nil }
        return try record(reverified.receipt)
    }
}
