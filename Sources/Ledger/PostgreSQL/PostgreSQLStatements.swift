/// The statements of one connection, which may be replaced by another one between two transactions.
final class PostgreSQLStatements: Statements {
    var connection: PostgreSQLConnection?
    /// What has been read ahead for the transaction that is under way.
    let ahead = ReadAhead()

    private func current() throws(PostgreSQLError) -> PostgreSQLConnection {
        guard let connection else { throw .lost("there is no connection to the server") }
        return connection
    }

    /// The result is not waited for: an error comes with a later statement, or with the COMMIT.
    func execute(_ sql: StaticString, _ arguments: [any Bindable]) throws {
        let values = arguments.map(\.sqlValue)
        ahead.forget(whatIsWrittenBy: sql, values)
        try current().send(sql, values, types: arguments.map { type(of: $0).columnType })
    }

    func execute(_ sql: StaticString, values: [SQLValue]) throws {
        ahead.forget(whatIsWrittenBy: sql, values)
        try current().send(sql, values, types: values.map(\.type))
    }

    func row(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Row? {
        try rows(sql, arguments).first
    }

    func rows(_ sql: StaticString, _ arguments: [any Bindable]) throws -> [Row] {
        let values = arguments.map(\.sqlValue)
        if let known = ahead.rows(of: sql, values) { return known }
        ahead.forget(whatIsWrittenBy: sql, values)
        return try current().rows(sql, values, types: arguments.map { type(of: $0).columnType })
    }

    func number(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Int64? {
        guard let value = try rows(sql, arguments).first?.values.first, value != .null else { return nil }
        guard case .integer(let number) = value else { throw DamagedRow(description: "a number is no number") }
        return number
    }
}

extension SQLValue {
    /// The type of a parameter that has this value.
    var type: ColumnType {
        switch self {
        case .null: .any
        case .integer: .integer
        case .text: .text
        case .blob: .blob
        }
    }
}
