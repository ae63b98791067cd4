import GRDB
import GRDBSQLite

/// The ledger in one SQLite file, which one process holds for writing.
final class SQLiteStore: Store {
    /// The path of the file itself, with all links resolved.
    let path: String
    let reader: any StoreReader
    let isShared = false
    private let lock: DatabaseLock
    private let queue: DatabaseQueue
    private let connection: SQLiteConnection
    private let log: WriteAheadLog
    private let files: OpenFiles

    /// Opens the file, creates or upgrades the schema, and holds it until ``close()``.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait for another program's lock on the database before what waits fails.
    ///   - checkpointStep: how many pages of a long log are copied into the database at a time.
    init(at name: String, timeout: Duration, checkpointStep: Int) throws(LedgerError) {
        try Connection.createFile(at: name)
        lock = try DatabaseLock(besides: name)
        path = lock.database
        queue = try Connection.open(at: path, timeout: timeout)
        do {
            files = try OpenFiles(of: lock.descriptor, at: path)
            log = try WriteAheadLog(of: lock.descriptor, at: path, stepPages: checkpointStep)
            connection = queue.writeWithoutTransaction { [log, files] database in
                log.watch(database)
                return SQLiteConnection(database, log, files)
            }
            reader = try SQLiteReader(at: path, label: "due")
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    var location: LedgerLocation { .file(path: path) }

    func makeReader() throws(LedgerError) -> any StoreReader {
        try SQLiteReader(at: path, label: "reader")
    }

    /// One process holds the file: there is no other receiver.
    func listen(_ heard: @escaping @Sendable (Doorbell) -> Void) {}

    func renew(_ leases: [String], in statements: any Statements) -> Set<String> { Set(leases) }

    func prepare<Output>(_ work: (any WritingConnection) throws -> Output) throws -> Output {
        try queue.writeWithoutTransaction { _ in try work(connection) }
    }

    func enqueue(_ work: @escaping @Sendable (any WritingConnection) -> Void) {
        queue.asyncWriteWithoutTransaction { [connection] _ in work(connection) }
    }

    var loss: String? { files.missing.map { "\($0)" } }

    func unavailableReason(for use: DiskUse) -> UnavailableReason? {
        guard let disk = FreeSpace(besides: path) else { return nil }
        guard !disk.isReadOnly else { return .diskIsReadOnly }
        let needed = use.need(on: disk)
        return disk.bytes < needed ? .isShort(free: disk.bytes, needed: needed) : nil
    }

    func close() throws {
        try reader.close()
        try queue.close()
        lock.release()
    }

    func abandon() {
        queue.abandon()
    }

    /// The setup of the writing connection, read back from SQLite.
    func setup() async throws -> LedgerSetup {
        try await queue.writeWithoutTransaction { database in
            LedgerSetup(
                journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                synchronous: try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0,
                memoryMap: try Int.fetchOne(database, sql: "PRAGMA mmap_size") ?? 0,
                sqliteVersion: try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
            )
        }
    }

    /// The state of the write-ahead log; `nil` while its index cannot be read.
    ///
    /// Opening and closing the index file would drop the locks of this process on it. So the index is read where SQLite
    /// has it in memory, and the readers' locks are queried through SQLite's own descriptor.
    func logState() async throws -> WALState? {
        try await queue.writeWithoutTransaction { [log, files] _ in
            guard let index = log.index else { return nil }
            return WALState(index: index, readers: files.index.descriptors.first.map(WALReader.others(at:)) ?? [])
        }
    }
}

extension DatabaseQueue {
    /// Leaves the connection open until the process ends: closing it would write, and trust a second fsync.
    func abandon() {
        _ = Unmanaged.passRetained(self)
    }
}

/// A connection that reads beside the writer, and could not write.
///
/// It is unchecked because the compiler does not know that the statements are used only on the connection's serial
/// queue.
final class SQLiteReader: StoreReader, @unchecked Sendable {
    private var cache: StatementCache?
    private let queue: DatabaseQueue

    init(at path: String, label: String) throws(LedgerError) {
        queue = try Connection.reading(at: path, label: label)
    }

    func read<Output>(_ work: (any Statements) throws -> Output) throws -> Output {
        try queue.read { try work(statements(of: $0)) }
    }

    func readAside<Output: Sendable>(_ work: @escaping @Sendable (any Statements) throws -> Output) async throws
        -> Output
    {
        try await queue.read { [self] in try work(statements(of: $0)) }
    }

    func readWithin<Output: Sendable>(
        _ limit: Duration,
        _ work: @escaping @Sendable (any Statements) throws -> Output
    ) async throws -> Output {
        let deadline = ReadDeadline(after: limit)
        do {
            return try await queue.read { [self] database in
                guard !deadline.hasPassed else { throw ReadTimeout(limit: limit) }
                return try deadline.guarding(database) { try work(statements(of: database)) }
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw ReadTimeout(limit: limit)
        }
    }

    func schema() throws -> LedgerSchema {
        try queue.read { try Self.schema(of: $0) }
    }

    func schemaAside() async throws -> LedgerSchema {
        try await queue.read { try Self.schema(of: $0) }
    }

    private static func schema(of database: Database) throws -> LedgerSchema {
        LedgerSchema(
            version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
            known: Migrations.version,
            engineVersion: try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
        )
    }

    func close() throws {
        queue.writeWithoutTransaction { _ in cache = nil }
        try queue.close()
    }

    private func statements(of database: Database) -> StatementCache {
        let statements = cache ?? StatementCache(database)
        cache = statements
        return statements
    }
}

/// Until when a read may run. SQLite asks it every few thousand steps.
private final class ReadDeadline: Sendable {
    private let end: ContinuousClock.Instant

    init(after limit: Duration) {
        end = .now + limit
    }

    var hasPassed: Bool { ContinuousClock.now > end }

    /// Runs work whose statements are interrupted once the time has passed.
    func guarding<Output>(_ database: Database, _ work: () throws -> Output) throws -> Output {
        let connection = database.sqliteConnection
        let ask: @convention(c) (UnsafeMutableRawPointer?) -> CInt = { context in
            guard let context else { return 0 }
            return Unmanaged<ReadDeadline>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
        }
        // It lives as long as the handler is set: the caller holds it.
        sqlite3_progress_handler(connection, 4000, ask, Unmanaged.passUnretained(self).toOpaque())
        defer { sqlite3_progress_handler(connection, 0, nil, nil) }
        return try work()
    }
}
