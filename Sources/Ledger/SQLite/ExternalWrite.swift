import GRDB
import Synchronization

/// What other programs have done to the file, which nobody but the one writer may do.
package enum ExternalWrite: Sendable, Equatable {
    /// Another program has committed something.
    case foreignCommit
    /// Files of the database were moved, removed or replaced: what is recorded goes where nobody will look for it.
    case filesAreGone(MissingFiles)
}

extension Ledger {
    /// Looks whether another program has meddled with the files since the last look. A checkpoint by another program cannot be
    /// seen, and neither can one that writes past SQLite.
    ///
    /// If files are gone, nothing is recorded any more, and ``run()`` throws.
    package func inspect() async throws -> ExternalWrite? {
        let interference = try await queue.writeWithoutTransaction { [self] database -> ExternalWrite? in
            if let missing = files.missing { return .filesAreGone(missing) }
            // A long log is copied on though nobody calls.
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
