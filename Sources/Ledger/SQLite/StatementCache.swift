import GRDB
import GRDBSQLite

/// The writer's prepared statements, keyed by their text: a literal, so that no outside input can ever be part of it.
final class StatementCache {
    let database: Database
    /// Keyed by the address of the literal, which is cheaper to look up than its text.
    private var prepared: [UnsafePointer<UInt8>: Statement] = [:]

    init(_ database: Database) {
        self.database = database
    }

    func execute(_ sql: StaticString, _ arguments: [any Bindable] = []) throws {
        try bound(sql, arguments).execute()
    }

    /// Writes a row of many columns, one argument per line.
    ///
    /// - Parameter first: arguments before the others.
    func execute(
        _ sql: StaticString,
        _ first: [Argument] = [],
        @ArgumentsBuilder _ arguments: () -> [Argument]
    ) throws {
        try bound(sql, first, arguments()).execute()
    }

    func row(_ sql: StaticString, _ arguments: [any Bindable] = []) throws -> Row? {
        try Row.fetchOne(bound(sql, arguments))
    }

    /// Returns the rows one by one; each is valid until the next is read.
    func rows(_ sql: StaticString, _ arguments: [any Bindable] = []) throws -> RowCursor {
        try Row.fetchCursor(bound(sql, arguments))
    }

    func number(_ sql: StaticString, _ arguments: [any Bindable] = []) throws -> Int64? {
        try Int64.fetchOne(bound(sql, arguments))
    }

    private func bound(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Statement {
        let statement = try statement(sql, taking: arguments.count)
        for index in arguments.indices {
            try check(arguments[index].bind(to: statement.sqliteStatement, at: CInt(index + 1)))
        }
        return statement
    }

    private func bound(_ sql: StaticString, _ first: [Argument], _ others: [Argument]) throws -> Statement {
        let statement = try statement(sql, taking: first.count + others.count)
        try bind(first, to: statement.sqliteStatement, behind: 0)
        try bind(others, to: statement.sqliteStatement, behind: first.count)
        return statement
    }

    private func bind(_ arguments: [Argument], to statement: SQLiteStatement, behind count: Int) throws {
        for index in arguments.indices { try check(arguments[index].bind(to: statement, at: CInt(count + index + 1))) }
    }

    private func check(_ code: CInt) throws {
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// The statement, reset; throws unless it takes exactly this many arguments.
    private func statement(_ sql: StaticString, taking count: Int) throws -> Statement {
        let statement = try statement(sql)
        guard count == statement.parameterCount else {
            throw DatabaseError(
                resultCode: .SQLITE_MISUSE,
                message: "a statement was given a wrong number of arguments"
            )
        }
        sqlite3_reset(statement.sqliteStatement)
        return statement
    }

    private func statement(_ sql: StaticString) throws -> Statement {
        if let statement = prepared[sql.utf8Start] { return statement }
        let statement = try database.makeStatement(sql: sql.description)
        // GRDB considers the arguments set from now on; the values are bound through SQLite directly.
        try statement.setArguments(StatementArguments(repeatElement(nil as Int64?, count: statement.parameterCount)))
        prepared[sql.utf8Start] = statement
        return statement
    }
}

extension Statement {
    fileprivate var parameterCount: Int { Int(sqlite3_bind_parameter_count(sqliteStatement)) }
}
