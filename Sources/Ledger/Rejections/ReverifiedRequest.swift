/// A rejected request that can be authenticated now: its number in `rejected`, and the callback that it is.
package struct ReverifiedRequest: Sendable {
    package let rejection: Int64
    package let callback: ReceivedCallback

    package init(rejection: Int64, callback: ReceivedCallback) {
        self.rejection = rejection
        self.callback = callback
    }
}

extension Ledger {
    /// Records rejected requests that can be authenticated now, in their order, and removes them from `rejected`: all
    /// of them, or none, and durable when this returns.
    ///
    /// - Returns: the result of each; `nil` if it was no longer in `rejected`, and nothing was done.
    package func record(_ reverified: [ReverifiedRequest]) async throws(RecordingError) -> [RecordResult?] {
        try await perform { transaction in
            try reverified.map { try transaction.record($0) }
        }
    }
}

extension LedgerTransaction {
    fileprivate mutating func record(_ reverified: ReverifiedRequest) throws -> RecordResult? {
        guard try rejections.remove(reverified.rejection, provedAs: reverified.callback, in: statements) else {
            return nil
        }
        return try record(reverified.callback)
    }
}
