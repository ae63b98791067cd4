/// The engine that keeps the ledgers of tests: SQLite, or PostgreSQL where `PAYSTATE_POSTGRESQL` names a server.
package enum TestEngine {
    package static var isPostgreSQL: Bool { PostgreSQLServer.isThere }
}
