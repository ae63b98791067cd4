import GRDB

/// The writing connection of a SQLite file.
///
/// It is unchecked because the compiler does not know that it is used only on the connection's serial queue.
final class SQLiteConnection: WritingConnection, @unchecked Sendable {
    private let database: Database
    private let cache: StatementCache
    private let log: WriteAheadLog
    /// The files that SQLite writes, which may lose their names.
    private let files: OpenFiles
    /// SQLite's count of what other connections have committed, as of the last check.
    private var dataVersion: Int64?

    init(_ database: Database, _ log: WriteAheadLog, _ files: OpenFiles) {
        self.database = database
        self.log = log
        self.files = files
        cache = StatementCache(database)
    }

    var statements: any Statements { cache }

    /// Nothing is read ahead: the database is no round trip away.
    func transact(reading expected: [(reads: ExpectedReads, account: AccountRow)], _ work: () throws -> Void) throws {
        do {
            try database.inTransaction(.immediate) {
                try work()
                return .commit
            }
        } catch let error as DatabaseError {
            throw WriteFailure(error, in: database)
        } catch let damage as DamagedRow {
            throw WriteFailure.fatal(reason: damage.description)
        }
    }

    func ring(_ bell: Doorbell) {}

    func rest(isIdle: Bool) throws(FatalLedgerError) {
        try log.checkpointIfDue(database, isIdle: isIdle)
    }

    /// Pages that are copied into the database free space in the log, if the database itself need not grow for them.
    func makeRoom() throws(FatalLedgerError) {
        try log.checkpoint(database, isUrgent: true)
    }

    /// A long log is copied further in passing, even if no calls come in.
    func inspect(isIdle: Bool) throws -> ExternalWrite? {
        if let missing = files.missing { return .filesAreGone(missing) }
        try log.checkpointIfDue(database, isIdle: isIdle)
        // It changes when another connection commits, and never when this one does.
        let version = try Int64.fetchOne(database, sql: "PRAGMA data_version")
        defer { dataVersion = version }
        return dataVersion == nil || dataVersion == version ? nil : .foreignCommit
    }

    func save() throws(SavingError) -> String? {
        guard let missing = files.missing else { return nil }
        return try files.save(missing, from: database)
    }

    func finish() throws(FatalLedgerError) {
        cache.removeAll()
        try WriteAheadLog.finish(database)
    }
}
