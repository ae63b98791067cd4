import GRDB
import GRDBSQLite
import Synchronization

/// What other programs have done to the file, which nobody but the one writer may do.
package enum Interference: Sendable, Equatable {
    /// Another program has committed something.
    case foreignCommit
    /// The file was moved, removed or replaced: what is recorded goes where nobody will look for it.
    case fileIsGone
}

extension Ledger {
    /// Looks whether another program has meddled with the file since the last look. A checkpoint by another program cannot be
    /// seen, and neither can one that writes past SQLite.
    ///
    /// If the file is gone, nothing is recorded any more, and ``run()`` throws.
    package func inspect() async throws -> Interference? {
        let interference = try await queue.writeWithoutTransaction { [self] database -> Interference? in
            var isGone: CInt = 0
            sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_HAS_MOVED, &isGone)
            guard isGone == 0 else { return .fileIsGone }
            // It changes when another connection commits, and never when this one does.
            let version = try Int64.fetchOne(database, sql: "PRAGMA data_version")
            return dataVersion.withLock { known in
                defer { known = version }
                return known == nil || known == version ? nil : .foreignCommit
            }
        }
        if interference == .fileIsGone { end(because: "its file was moved, removed or replaced while it was open") }
        return interference
    }
}
