import GRDB
import GRDBSQLite

/// Prepared statements of one connection, keyed by the addresses of their literals, which are cheaper to look up than
/// their texts. They are run through SQLite itself: GRDB would make a row of its own for each.
final class StatementCache: Statements {
    fileprivate final class Prepared {
        private let statement: Statement
        let columns: [String]
        let parameterCount: Int

        init(_ statement: Statement) {
            self.statement = statement
            columns = statement.columnNames
            parameterCount = Int(sqlite3_bind_parameter_count(statement.sqliteStatement))
        }

        var handle: SQLiteStatement { statement.sqliteStatement }
    }

    let database: Database
    private var prepared: [UnsafePointer<UInt8>: Prepared] = [:]
    private var buffer = ArgumentBuffer()

    init(_ database: Database) {
        self.database = database
    }

    func execute(_ sql: StaticString, _ arguments: [any Bindable]) throws {
        try finish(bound(sql, arguments))
    }

    func execute(_ sql: StaticString, values: [SQLValue]) throws {
        try finish(bound(sql, values: values))
    }

    func row(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Row? {
        let prepared = try bound(sql, arguments)
        defer { sqlite3_reset(prepared.handle) }
        return try step(prepared) ? Row(prepared) : nil
    }

    func rows(_ sql: StaticString, _ arguments: [any Bindable]) throws -> [Row] {
        let prepared = try bound(sql, arguments)
        defer { sqlite3_reset(prepared.handle) }
        var rows: [Row] = []
        while try step(prepared) { rows.append(Row(prepared)) }
        return rows
    }

    func number(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Int64? {
        let prepared = try bound(sql, arguments)
        defer { sqlite3_reset(prepared.handle) }
        guard try step(prepared), sqlite3_column_type(prepared.handle, 0) != SQLITE_NULL else { return nil }
        // What does not fit into 64 bits is the last number that there is: what needs a number after it is refused.
        return sqlite3_column_int64(prepared.handle, 0)
    }

    /// Frees all statements, so that the connection can be closed.
    func removeAll() {
        prepared = [:]
    }

    private func bound(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Prepared {
        try bound(sql, values: arguments.map(\.sqlValue))
    }

    private func bound(_ sql: StaticString, values: [SQLValue]) throws -> Prepared {
        let prepared = try reset(sql, taking: values.count)
        guard buffer.bind(values, to: prepared.handle) == SQLITE_OK else { throw error }
        return prepared
    }

    /// Runs a statement to its end.
    private func finish(_ prepared: Prepared) throws {
        defer { sqlite3_reset(prepared.handle) }
        while try step(prepared) {}
    }

    /// - Returns: whether the statement stands at a row now.
    private func step(_ prepared: Prepared) throws -> Bool {
        switch sqlite3_step(prepared.handle) {
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

    /// The statement, reset; throws unless it takes exactly this many arguments.
    private func reset(_ sql: StaticString, taking count: Int) throws -> Prepared {
        let prepared = try prepare(sql)
        guard count == prepared.parameterCount else {
            throw DatabaseError(
                resultCode: .SQLITE_MISUSE,
                message: "a statement was given a wrong number of arguments"
            )
        }
        sqlite3_reset(prepared.handle)
        return prepared
    }

    private func prepare(_ sql: StaticString) throws -> Prepared {
        if let known = prepared[sql.utf8Start] { return known }
        let new = Prepared(try database.makeStatement(sql: sql.description))
        prepared[sql.utf8Start] = new
        return new
    }
}

extension Row {
    /// Copies the row at which a statement stands.
    fileprivate init(_ prepared: StatementCache.Prepared) {
        let handle = prepared.handle
        columns = prepared.columns
        values = columns.indices.map { SQLValue(column: CInt($0), of: handle) }
    }
}

extension SQLValue {
    /// Reads a column, counted from 0. The tables are STRICT and hold no real numbers; should a view compute one, it is
    /// read as text.
    init(column: CInt, of statement: SQLiteStatement) {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_NULL: self = .null
        case SQLITE_INTEGER: self = .integer(sqlite3_column_int64(statement, column))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            self = .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        default:  // SQLite's set of types, not ours.
            let start = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            self = .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        }
    }
}
