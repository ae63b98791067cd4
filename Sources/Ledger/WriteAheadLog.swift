import GRDB
import GRDBSQLite
import Synchronization

/// Watches how long the write-ahead log has grown, so that checkpoints run between batches, where no sender waits for them.
final class WriteAheadLog: Sendable {
    /// Pages after which the log is copied into the database. Measured: a short log is written over again and again, which
    /// the disk takes better than one that grows, and a short copy holds up nobody for long.
    private static let duePages = 500

    private struct Length {
        var pages = 0
        /// How much of it has been copied: a reader may keep the log from starting over, and then it is not copied again for
        /// every commit.
        var copied = 0
    }

    private let length = Mutex(Length())

    /// Begins to watch the commits of the writer.
    func watch(_ database: Database) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue().grew(to: Int(pages))
                return SQLITE_OK
            },
            context
        )
    }

    private func grew(to pages: Int) {
        length.withLock { length in
            if pages < length.pages { length.copied = 0 }
            length.pages = pages
        }
    }

    /// Copies the log into the database if it is time; readers are never waited for.
    func checkpointIfDue(_ database: Database) throws(LedgerFailure) {
        guard length.withLock({ $0.pages - $0.copied >= Self.duePages }) else { return }
        try checkpoint(database)
    }

    /// Copies as much of the log as no reader holds.
    func checkpoint(_ database: Database) throws(LedgerFailure) {
        try putOff(in: database) {
            try database.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
            length.withLock { $0.copied = $0.pages }
        }
    }

    /// Copies everything and empties the log, as the last thing before the database is closed.
    func finish(_ database: Database) throws(LedgerFailure) {
        try putOff(in: database) {
            try database.execute(sql: "PRAGMA busy_timeout = 0")
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// A reader that holds the log, a full disk or a busy file only put a checkpoint off: what is in the log is committed, and
    /// stays there.
    private func putOff(in database: Database, _ checkpoint: () throws -> Void) throws(LedgerFailure) {
        do {
            try checkpoint()
        } catch {
            guard case .fatal(let reason) = (error as? DatabaseError).flatMap({ Setback($0, in: database) }) else {
                return
            }
            throw LedgerFailure(reason: reason)
        }
    }
}
