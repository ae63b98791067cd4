import Dispatch
import GRDB
import GRDBSQLite
import Glibc
import Synchronization

/// Tracks how long the write-ahead log has grown, so that checkpoints run between batches, where no sender waits for
/// them.
final class WriteAheadLog: Sendable {
    /// Pages after which the log is copied into the database. Measured: a log of 500 pages is copied after every third
    /// batch, and waiting for the disk is then a third of all; beyond 4,000 pages little is gained.
    private static let duePages = 4000
    /// Pages that are copied at a time if a reader has made the log long. Measured with a log of 2.4 GiB: a step takes
    /// 0.2 s at most, where copying all of it at once takes 3 s.
    static let stepPages = 16_384

    private struct Length {
        var pages = 0
        /// How much of it has been copied: a reader may keep the log from starting over, and then it is not copied
        /// again for every commit.
        var copied = 0
        /// Whether what was copied has still to be made durable by a copy of the rest, with which the log starts over.
        var isHalfCopied = false
        /// After a step of many pages, callbacks have the disk for as long as the step had it ...
        var restsUntil = ContinuousClock.now
        /// ... unless they make the log grow by half of what the step has copied: it must not grow forever.
        var restsUpTo = 0
    }

    private let length = Mutex(Length())
    private let stepPages: Int
    /// ``duePages``, or a whole step if that is shorter.
    private let duePages: Int
    private let limit: CheckpointLimit
    private let database: DatabaseDescriptor
    private let isSyncing = Atomic(false)
    private let syncError = Atomic<CInt>(0)

    /// - Parameter database: the database file at the path.
    init(of database: DatabaseDescriptor, at path: String, stepPages: Int) throws {
        self.database = database
        self.stepPages = stepPages
        duePages = min(Self.duePages, stepPages)
        limit = try CheckpointLimit(at: path)
    }

    /// Starts to track the writer's commits.
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
            if pages < length.pages { (length.copied, length.restsUpTo, length.isHalfCopied) = (0, 0, false) }
            length.pages = pages
        }
    }

    /// How far the log has got. Only for the writer's queue.
    var index: WALIndex? { limit.index }

    /// Copies the log into the database if a checkpoint is due; it never waits for readers.
    ///
    /// It takes two copies to start the log over. The first leaves out the last page, so that SQLite does not wait for
    /// the disk, which writes what was copied while callbacks are recorded. The second copies what they have added, and
    /// finds the disk nearly done.
    ///
    /// - Parameter isIdle: whether no request is waiting that the checkpoint would delay.
    func checkpointIfDue(_ connection: Database, isIdle: Bool) throws(FatalLedgerError) {
        let isSyncing = isSyncing.load(ordering: .acquiring)
        let isDue = length.withLock { length in
            guard length.pages - length.copied >= duePages else { return length.isHalfCopied && !isSyncing }
            return length.pages >= length.restsUpTo || !isSyncing && (isIdle || length.restsUntil <= .now)
        }
        if isDue { try checkpoint(connection) }
    }

    /// Copies a step of a log that is due; of a shorter one, or where a step has reached the disk, as much as readers allow.
    ///
    /// - Parameter isUrgent: whether it is to start over now, for its space.
    func checkpoint(_ connection: Database, isUrgent: Bool = false) throws(FatalLedgerError) {
        let errno = syncError.load(ordering: .acquiring)
        guard errno == 0 else { throw FatalLedgerError(reason: "fsync: \(String(cString: strerror(errno)))") }
        let start = ContinuousClock.now
        try Self.putOff(in: connection) {
            let before = limit.index
            guard let before, before.waiting >= duePages, !startsOver(before, isUrgent) else {
                try connection.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
                length.withLock { ($0.copied, $0.restsUpTo, $0.isHalfCopied) = ($0.pages, 0, false) }
                return
            }
            try limit.hold(min(before.copied + stepPages, before.frames - 1)) {
                try connection.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
            }
            let copied = limit.index?.copied ?? before.copied
            let end = ContinuousClock.now
            length.withLock { length in
                // A step without progress means that a reader is in the way, probably for a while longer.
                length.copied = copied > before.copied ? copied : length.pages
                length.isHalfCopied = copied > before.copied
                length.restsUntil = end + (end - start)
                length.restsUpTo = length.pages + min(stepPages, copied - before.copied) / 2
            }
            if copied > before.copied { syncBeside() }
        }
    }

    /// Whether a log that is due again is copied to its end all the same: the disk has written the step before, or is so slow, or
    /// batches so large, that the log would grow for as long as they come.
    private func startsOver(_ index: WALIndex, _ isUrgent: Bool) -> Bool {
        guard index.waiting <= stepPages else { return false }
        let isWritten = length.withLock(\.isHalfCopied) && !isSyncing.load(ordering: .acquiring)
        return isUrgent || isWritten || index.frames > 2 * stepPages
    }

    /// Makes the disk write a step's pages while callbacks are recorded: at the end SQLite waits for all of them at
    /// once.
    private func syncBeside() {
        guard !isSyncing.exchange(true, ordering: .acquiringAndReleasing) else { return }
        DispatchQueue.global().async { [self] in
            if fdatasync(database.number) != 0 { syncError.store(errno, ordering: .releasing) }
            isSyncing.store(false, ordering: .releasing)
        }
    }

    /// Copies everything and empties the log, as the last step before the database is closed. A reader in the middle of
    /// a query gets a second to finish; if it takes longer, the log stays as it is.
    static func finish(_ connection: Database) throws(FatalLedgerError) {
        try putOff(in: connection) {
            try connection.execute(sql: "PRAGMA busy_timeout = 1000")
            try connection.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Runs a checkpoint that may fail: a reader that holds the log, a full disk or a busy file only postpone it, since
    /// what is in the log is committed and stays there.
    private static func putOff(in database: Database, _ checkpoint: () throws -> Void) throws(FatalLedgerError) {
        do {
            try checkpoint()
        } catch {
            guard case .fatal(let reason) = (error as? DatabaseError).flatMap({ WriteFailure($0, in: database) }) else {
                return
            }
            throw FatalLedgerError(reason: reason)
        }
    }
}
