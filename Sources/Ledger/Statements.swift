import GRDB

/// The writer's prepared statements, by their text: a literal, so that nothing from outside can ever be part of it.
final class Statements {
    let database: Database
    /// By the address of the literal, which is cheaper to look up than its text.
    private var prepared: [UnsafePointer<UInt8>: Statement] = [:]

    init(_ database: Database) {
        self.database = database
    }

    subscript(_ sql: StaticString) -> Statement {
        get throws {
            if let statement = prepared[sql.utf8Start] { return statement }
            let statement = try database.makeStatement(sql: sql.description)
            prepared[sql.utf8Start] = statement
            return statement
        }
    }

    func execute(_ sql: StaticString, _ arguments: StatementArguments) throws {
        try self[sql].execute(arguments: arguments)
    }

    func row(_ sql: StaticString, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(self[sql], arguments: arguments)
    }

    func number(_ sql: StaticString, _ arguments: StatementArguments = []) throws -> Int64? {
        try Int64.fetchOne(self[sql], arguments: arguments)
    }
}
