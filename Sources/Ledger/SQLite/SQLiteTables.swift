import GRDB
import GRDBSQLite

/// Reads and fills whole tables on one connection, within its transaction. Statements are run through SQLite itself,
/// which keeps bytes and texts as they are.
final class SQLiteTables: TableWriter {
    private let database: Database
    /// What an error of SQLite means, in the table that is being filled if there is one.
    private let explanation: (DatabaseError, CopiedTable?) -> any Error
    private var buffer = ArgumentBuffer()
    private var filled: (table: CopiedTable, insertion: Statement)?

    init(in database: Database, explaining: @escaping (DatabaseError, CopiedTable?) -> any Error) {
        self.database = database
        explanation = explaining
    }

    // MARK: Reading

    func columns(of table: CopiedTable) throws -> [String] {
        try explained {
            try String.fetchAll(
                database,
                sql: "SELECT name FROM pragma_table_info(?) ORDER BY cid",
                arguments: [table.name]
            )
        }
    }

    func read(_ table: CopiedTable, _ columns: [String], _ work: (_ rows: [[SQLValue]]) throws -> Void) throws {
        try explained {
            let statement = try database.makeStatement(sql: table.selection(of: columns))
            let handle = statement.sqliteStatement
            defer { sqlite3_reset(handle) }
            var rows: [[SQLValue]] = []
            while try step(handle) {
                rows.append(columns.indices.map { SQLValue(column: CInt($0), of: handle) })
                guard rows.count == table.portion else { continue }
                try work(rows)
                rows.removeAll(keepingCapacity: true)
            }
            if !rows.isEmpty { try work(rows) }
        }
    }

    // MARK: Filling

    func begin(_ table: CopiedTable, _ columns: [String]) throws {
        try explained {
            try database.execute(sql: "DELETE FROM \(table.quotedName)")
            let places = Array(repeating: "?", count: columns.count).joined(separator: ", ")
            let names = CopiedTable.quoted(columns)
            let sql = "INSERT INTO \(table.quotedName) (\(names)) VALUES (\(places))"
            filled = (table, try database.makeStatement(sql: sql))
        }
    }

    func write(_ rows: [[SQLValue]]) throws {
        guard let handle = filled?.insertion.sqliteStatement else { return }
        try explained {
            defer { sqlite3_reset(handle) }
            for row in rows {
                sqlite3_reset(handle)
                guard buffer.bind(row, to: handle) == SQLITE_OK else { throw error }
                while try step(handle) {}
            }
        }
    }

    func end() {
        filled = nil
    }

    /// - Returns: whether the statement stands at a row now.
    private func step(_ handle: SQLiteStatement) throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        default: throw error  // SQLite's set of codes, not ours.
        }
    }

    /// The connection's last error, without the statement or its arguments.
    private var error: DatabaseError {
        let connection = database.sqliteConnection
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection))
        )
    }

    /// What the work itself throws, such as an error of the other database, passes as it is.
    private func explained<Output>(_ work: () throws -> Output) throws -> Output {
        do {
            return try work()
        } catch let error as DatabaseError {
            throw explanation(error, filled?.table)
        }
    }
}
