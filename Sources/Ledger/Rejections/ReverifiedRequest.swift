import Glibc

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

extension Ledger {
    /// Deletes a ledger with all its files, if no process holds it: for temporary databases.
    package static func discard(at name: String) throws(LedgerError) {
        try Connection.createFile(at: name)  // So that it can be locked even if it does not exist.
        let lock = try DatabaseLock(besides: name)
        let path = lock.database
        defer { withExtendedLifetime(lock) {} }
        for file in [path, path + "-wal", path + "-shm"] {
            guard unlink(file) == 0 || errno == ENOENT else {
                throw .cannotOpen(path: file, reason: String(cString: strerror(errno)))
            }
        }
    }
}
