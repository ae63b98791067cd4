import TestSupport
import Testing

@testable import Ledger

extension PostgreSQLConnection {
    /// A connection besides those of a ledger; `nil` means to a database that every server has.
    static func open(
        to database: PostgreSQLDatabase? = nil,
        patience: Duration = .seconds(7)
    ) throws -> PostgreSQLConnection {
        let server = try #require(PostgreSQLServer.shared)
        let url = database?.url ?? server.url(of: "postgres")
        return try PostgreSQLConnection(
            to: PostgreSQLAddress(url: url, password: nil),
            canWrite: true,
            setup: "SET TimeZone = 'UTC'",
            patience: patience,
            api: LibPQ.shared.get()
        )
    }

    /// The rows of a query without parameters.
    func rows(_ sql: StaticString) throws -> [[SQLValue]] {
        try rows(sql, [], types: []).map(\.values)
    }

    func send(_ sql: StaticString) throws {
        try send(sql, [], types: [])
    }
}
