/// Runs statements on one connection, in the dialect that all engines share: every text is a literal, so that no
/// outside input can ever be part of it, and an engine can prepare it once.
///
/// The parameters are `?`, or `?1`, `?2`, … where one is used twice.
protocol Statements: AnyObject {
    func execute(_ sql: StaticString, _ arguments: [any Bindable]) throws

    /// Writes a row of many columns.
    func execute(_ sql: StaticString, values: [SQLValue]) throws

    /// The first row.
    func row(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Row?

    func rows(_ sql: StaticString, _ arguments: [any Bindable]) throws -> [Row]

    /// The first column of the first row; `nil` if there is none, or if it is NULL.
    func number(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Int64?
}

extension Statements {
    func execute(_ sql: StaticString) throws { try execute(sql, []) }
    func row(_ sql: StaticString) throws -> Row? { try row(sql, []) }
    func rows(_ sql: StaticString) throws -> [Row] { try rows(sql, []) }
    func number(_ sql: StaticString) throws -> Int64? { try number(sql, []) }

    /// Writes a row of many columns, one argument per line.
    ///
    /// - Parameter first: arguments before the others.
    func execute(
        _ sql: StaticString,
        _ first: [SQLValue] = [],
        @ArgumentsBuilder _ arguments: () -> [SQLValue]
    ) throws {
        try execute(sql, values: first.isEmpty ? arguments() : first + arguments())
    }
}
