import Dispatch
import GRDB
import GRDBSQLite
import Glibc
import Payments
import SQLiteSettings

/// The one connection that writes and checkpoints (see the note on WAL resets in docs/architecture.md), set up for
/// durability.
enum Connection {
    /// Opens the database, whose lock the caller holds, creates or upgrades the schema, and fills the currency table.
    ///
    /// - Parameter timeout: how long to wait for another program's lock.
    /// - Throws: ``LedgerError`` if the file is not ours to write.
    static func open(at path: String, timeout: Duration) throws(LedgerError) -> DatabaseQueue {
        // Fails if SQLite is in use already, where its speed matters less.
        _ = sqlite3_config_without_memory_statistics()
        do {
            let configuration = Configuration(label: "ledger", timeout: timeout)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { database in
                try Migrations.check(database, path: path)
                try configure(database)
                try Migrations.run(on: database)
                try layDownCurrencies(in: database)
            }
            return queue
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// Opens an existing database, for reading only.
    static func reading(at path: String, label: String) throws(LedgerError) -> DatabaseQueue {
        var status = stat()
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
            throw .cannotOpen(path: path, reason: "it is a folder; name the file in it")
        }
        do {
            var configuration = Configuration(label: label, timeout: .seconds(5))
            configuration.readonly = true
            // Index lookups and scans alike need few pages at a time; the operating system caches the rest.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -512") }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try Migrations.check($0, path: path) }
            return queue
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
            throw .cannotOpen(path: path, reason: "there is no such database, or it may not be read by this user")
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// Opens an empty file that is filled with a copy, and lays down the schema. Nobody uses the file before it is
    /// complete and was flushed as a whole, so SQLite need not guard it: a crash leaves a draft that is thrown away.
    ///
    /// References are checked once at the end: a payment may refer to one that comes after it.
    static func filling(at path: String) throws -> DatabaseQueue {
        var configuration = Configuration(label: "copy", timeout: .seconds(5))
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA journal_mode = MEMORY")
            try database.execute(sql: "PRAGMA synchronous = OFF")
            try database.execute(sql: "PRAGMA cache_size = -65536")
            try Migrations.run(on: database)
            try layDownCurrencies(in: database)
        }
        return queue
    }

    /// Creates an empty file if there is none, before it is locked: only an existing file can be resolved to one name.
    ///
    /// It is group-readable, whatever the umask, because other programs of the group read it; SQLite gives the WAL the
    /// same mode.
    static func createFile(at path: String) throws(LedgerError) {
        // An existing file may be open in this process: closing another descriptor of it would drop SQLite's locks.
        guard access(path, F_OK) != 0 else { return }
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw LedgerError(errno: errno, at: path, hint: errno == ENOENT ? "; create its folder first" : "")
        }
        fchmod(descriptor, 0o640)
        close(descriptor)
    }

    private static func configure(_ database: Database) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw DatabaseError(message: "the file system does not allow WAL mode; use a local one")
        }
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try database.execute(sql: "PRAGMA cache_size = -12288")
        // Checkpoints run between batches, where no sender waits for them.
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        // A log that grew long because of a reader gives its space back when it starts over.
        try database.execute(sql: "PRAGMA journal_size_limit = \(64 << 20)")
        // A reader of another user cannot open a WAL database whose -wal and -shm are gone.
        var keepsWAL: CInt = 1
        sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &keepsWAL)
    }

    private static func layDownCurrencies(in database: Database) throws {
        let known = try Int.fetchOne(database, sql: "SELECT count(*) FROM currency")
        guard known != Currency.exponents.count else { return }
        try database.inTransaction(.immediate) {
            for (code, exponent) in Currency.exponents {
                try database.execute(
                    sql: "INSERT INTO currency (code, exponent) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: [code, exponent]
                )
            }
            return .commit
        }
    }
}

extension Configuration {
    /// - Parameter timeout: how long to wait for another program's lock.
    fileprivate init(label: String, timeout: Duration) {
        self.init()
        self.label = label
        busyMode = .timeout(timeout / .seconds(1))
        qos = .default  // A higher one needs a priority that a sandboxed service may not have, and logs a warning.
    }
}
