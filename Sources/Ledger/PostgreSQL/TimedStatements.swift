/// Statements of which none begins after a time: the server bounds each of them, this all of them together.
final class TimedStatements: Statements {
    private let statements: any Statements
    private let end: ContinuousClock.Instant
    private let limit: Duration

    init(_ statements: any Statements, until end: ContinuousClock.Instant, of limit: Duration) {
        self.statements = statements
        self.end = end
        self.limit = limit
    }

    func execute(_ sql: StaticString, _ arguments: [any Bindable]) throws {
        try inTime().execute(sql, arguments)
    }

    func execute(_ sql: StaticString, values: [SQLValue]) throws {
        try inTime().execute(sql, values: values)
    }

    func row(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Row? {
        try inTime().row(sql, arguments)
    }

    func rows(_ sql: StaticString, _ arguments: [any Bindable]) throws -> [Row] {
        try inTime().rows(sql, arguments)
    }

    func number(_ sql: StaticString, _ arguments: [any Bindable]) throws -> Int64? {
        try inTime().number(sql, arguments)
    }

    private func inTime() throws(ReadTimeout) -> any Statements {
        guard ContinuousClock.now < end else { throw ReadTimeout(limit: limit) }
        return statements
    }
}
