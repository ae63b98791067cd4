import GRDB
import Synchronization

/// What another program has done to the files; only the writer may change them.
package enum ExternalWrite: Sendable, Equatable {
    /// Another program has committed something.
    case foreignCommit
    /// Files of the database were moved, removed or replaced: what is recorded goes where no one will look for it.
    case filesAreGone(MissingFiles)
}

extension Ledger {
    /// Checks whether another program has touched the files since the last check. A checkpoint by another program
    /// cannot be detected, nor can one that writes to the file without SQLite.
    ///
    /// If files are gone, nothing is recorded any more, and ``run()`` throws.
    package func inspect() async throws -> ExternalWrite? {
        let interference = try await queue.writeWithoutTransaction { [self] database -> ExternalWrite? in
            if let missing = files.missing { return .filesAreGone(missing) }
            // A long log is copied further even if no calls come in.
            do throws(FatalLedgerError) {
                try log.checkpointIfDue(database, isIdle: writeQueue.count == 0)
            } catch {
                end(because: error.reason)
            }
            // It changes when another connection commits, and never when this one does.
            let version = try Int64.fetchOne(database, sql: "PRAGMA data_version")
            return dataVersion.withLock { known in
                defer { known = version }
                return known == nil || known == version ? nil : .foreignCommit
            }
        }
        if case .filesAreGone(let missing) = interference { end(because: "\(missing)") }
        return interference
    }
}
