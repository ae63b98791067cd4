import GRDB
import GRDBSQLite

/// Prepared statements of one connection, keyed by the addresses of their literals, which are cheaper to look up than
/// their texts. Values are bound to them, and read from them, without boxing.
final class StatementCache: Statements {
    fileprivate struct Prepared {
        let statement: Statement
        let columns: [String]
        let parameterCount: Int
    }

    let database: Database
    private var prepared: [UnsafePointer<UInt8>: Prepared] = [:]

    init(_ database: Database) {
        self.database = database
    }

    func execute(_ sql: StaticString, _ arguments: [any Bindable]) throws {
        try bound(sql, arguments).statement.execute()
    }

    func execute(_ sql: StaticString, values: [SQLValue]) throws {
        let prepared = try reset(sql, taking: values.count)
        for index in values.indices { try bind(values[index], to: prepared, at: index) }
        try prepared.statement.execute()
    }

    func row(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Row? {
        let prepared = try bound(sql, arguments)
        let cursor = try GRDB.Row.fetchCursor(prepared.statement)
        // The cursor resets the statement when it goes.
        return try withExtendedLifetime(cursor) { try cursor.next() == nil ? nil : Row(prepared) }
    }

    func rows(_ sql: StaticString, _ arguments: [any Bindable]) throws -> [Row] {
        let prepared = try bound(sql, arguments)
        let cursor = try GRDB.Row.fetchCursor(prepared.statement)
        var rows: [Row] = []
        while try cursor.next() != nil { rows.append(Row(prepared)) }
        return rows
    }

    func number(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Int64? {
        try Int64.fetchOne(bound(sql, arguments).statement)
    }

    /// Frees all statements, so that the connection can be closed.
    func removeAll() {
        prepared = [:]
    }

    private func bound(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Prepared {
        let prepared = try reset(sql, taking: arguments.count)
        for index in arguments.indices { try bind(arguments[index].sqlValue, to: prepared, at: index) }
        return prepared
    }

    private func bind(_ value: SQLValue, to prepared: Prepared, at index: Int) throws {
        let code = value.bind(to: prepared.statement.sqliteStatement, at: CInt(index + 1))
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
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
        sqlite3_reset(prepared.statement.sqliteStatement)
        return prepared
    }

    private func prepare(_ sql: StaticString) throws -> Prepared {
        if let known = prepared[sql.utf8Start] { return known }
        let statement = try database.makeStatement(sql: sql.description)
        let count = Int(sqlite3_bind_parameter_count(statement.sqliteStatement))
        // GRDB considers the arguments set from now on; the values are bound through SQLite directly.
        try statement.setArguments(StatementArguments(repeatElement(nil as Int64?, count: count)))
        let new = Prepared(statement: statement, columns: statement.columnNames, parameterCount: count)
        prepared[sql.utf8Start] = new
        return new
    }
}

extension Row {
    /// Copies the row at which a statement stands.
    fileprivate init(_ prepared: StatementCache.Prepared) {
        let statement = prepared.statement.sqliteStatement
        columns = prepared.columns
        values = columns.indices.map { SQLValue(column: CInt($0), of: statement) }
    }
}

extension SQLValue {
    /// Binds the value to a parameter, counted from 1, and returns SQLite's result code.
    fileprivate func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        switch self {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .text(let text): Self.bind(text, to: statement, at: index)
        case .blob(let bytes):
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(statement, index, 0)
                : bytes.withUnsafeBytes {
                    sqlite3_bind_blob(statement, index, $0.baseAddress, CInt($0.count), copied)
                }
        }
    }

    private static func bind(_ text: String, to statement: SQLiteStatement, at index: CInt) -> CInt {
        // An empty string may have no address, and a null address would bind NULL.
        guard !text.isEmpty else { return sqlite3_bind_text(statement, index, "", 0, copied) }
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                sqlite3_bind_text(statement, index, text.baseAddress, CInt(text.count), copied)
            }
        }
    }

    /// Reads a column, counted from 0. The tables are STRICT and hold no real numbers; should a view compute one, it is
    /// read as text.
    fileprivate init(column: CInt, of statement: SQLiteStatement) {
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

/// SQLITE_TRANSIENT: SQLite makes a copy before the call returns.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
