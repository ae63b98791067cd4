import GRDB
import GRDBSQLite
import Synchronization

/// Watches how long the write-ahead log has grown, so that checkpoints run between batches, where no sender waits for them.
final class WriteAheadLog: Sendable {
    /// Pages after which the log is copied into the database. Measured: a short log is written over again and again, which
    /// the disk takes better than one that grows, and a short copy holds up nobody for long.
    private static let duePages = 500

    private let pages = Atomic<Int>(0)

    /// Begins to watch the commits of the writer.
    func watch(_ database: Database) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue()
                    .pages.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            },
            context
        )
    }

    /// Copies the log into the database if it is time; readers are never waited for.
    func checkpointIfDue(_ database: Database) throws {
        guard pages.load(ordering: .relaxed) >= Self.duePages else { return }
        try database.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        pages.store(0, ordering: .relaxed)
    }

    /// Copies everything and empties the log, as the last thing before the database is closed.
    func finish(_ database: Database) throws {
        try database.execute(sql: "PRAGMA busy_timeout = 0")
        try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
