import GRDB
import GRDBSQLite
import Synchronization

/// Watches how long the write-ahead log has grown, so that checkpoints run between batches, where no sender waits for them.
final class WriteAheadLog: Sendable {
    /// Pages after which an idle writer copies the log into the database.
    private static let idlePages = 1000
    /// Pages after which it does so even though work is waiting: 12 MiB, a pause of some ten milliseconds.
    private static let busyPages = 3000

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
    func checkpointIfDue(isIdle: Bool, _ database: Database) throws {
        guard pages.load(ordering: .relaxed) >= (isIdle ? Self.idlePages : Self.busyPages) else { return }
        pages.store(0, ordering: .relaxed)
        try database.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
    }

    /// Copies everything and empties the log, as the last thing before the database is closed.
    func finish(_ database: Database) throws {
        try database.execute(sql: "PRAGMA busy_timeout = 0")
        try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
