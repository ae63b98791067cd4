/// What keeps a ledger of a test.
package enum TestEngine: Sendable {
    case file
    case postgreSQL

    /// PostgreSQL where `PAYSTATE_POSTGRESQL` names a server: whatever does not choose is tested there then.
    package static var configured: TestEngine { PostgreSQLServer.isThere ? .postgreSQL : .file }

    package static var isPostgreSQL: Bool { configured == .postgreSQL }
}
