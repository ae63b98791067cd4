import Glibc

/// A refused request that is proved now: the number that it has in `rejected`, and the callback that it is.
package struct ReverifiedRequest: Sendable {
    package let rejection: Int64
    package let callback: ReceivedCallback

    package init(rejection: Int64, callback: ReceivedCallback) {
        self.rejection = rejection
        self.callback = callback
    }
}

extension Ledger {
    /// Records what was refused and is proved now, in its order, and takes it out of `rejected`: all of it, or nothing, and
    /// durable when this returns.
    ///
    /// - Returns: what became of each; `nil` where it was not in `rejected` any more, and nothing was done.
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
    /// Removes a ledger whole, if nobody holds it: for databases that are made to be thrown away.
    package static func discard(at name: String) throws(LedgerError) {
        try Connection.createFile(at: name)  // To lock it where there is none.
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
