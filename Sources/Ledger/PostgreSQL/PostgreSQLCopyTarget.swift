/// A database on a server that a ledger is copied into: its schema and all rows come with one COMMIT.
final class PostgreSQLCopyTarget: CopyTarget {
    private let address: PostgreSQLAddress
    private let api: LibPQ

    private var location: LedgerLocation { .postgreSQL(address) }

    init(_ address: PostgreSQLAddress) throws(CopyError) {
        self.address = address
        do {
            api = try LibPQ.forLedger()
        } catch {
            throw .cannotUse(error)
        }
    }

    /// Whatever fails, the end of the connection takes the transaction back.
    func fill<Output>(_ work: (any TableWriter) throws -> Output) throws -> Output {
        let connection = try open()
        let tables = PostgreSQLTables(on: connection, at: location)
        try refuseUnlessEmpty(tables)
        let output = try work(tables)
        try commit(on: connection)
        return output
    }

    /// Connects, and lays down the schema in a transaction that goes on, with the lock that every writer takes first.
    private func open() throws(CopyError) -> PostgreSQLConnection {
        do {
            let connection = try PostgreSQLConnection(
                to: address,
                canWrite: true,
                setup: PostgreSQLConnection.durableCommits + PostgreSQLTables.setup,
                patience: PostgreSQLTables.patience,
                api: api
            )
            try PostgreSQLSchema.begin(on: connection, at: location)
            _ = try connection.rows("SELECT id FROM ledger WHERE id = 1 FOR UPDATE", [], types: [])
            return connection
        } catch {
            throw .cannotUse(LedgerError(error, at: location))
        }
    }

    private func refuseUnlessEmpty(_ tables: PostgreSQLTables) throws {
        let leases = try tables.leases()
        guard leases.isEmpty else { throw CopyError.isInUse(database: address.url, leases: leases) }
        for table in CopiedTable.all where table.name != CopiedTable.alwaysFilled {
            guard try tables.isEmpty(table) else {
                throw CopyError.isNotEmpty(database: address.url, table: table.name)
            }
        }
    }

    private func commit(on connection: PostgreSQLConnection) throws(CopyError) {
        do {
            try connection.sync()
        } catch {
            throw CopyError(error, at: location)
        }
        _ = connection.takeWarnings()
        do {
            try connection.commit()
        } catch {
            guard error.endsConnection else { throw CopyError(error, at: location) }
            throw .hasUnknownOutcome(database: address.url, reason: error.description)
        }
        // «The transaction has already committed locally, but might not have been replicated to the standby.»
        if let warning = connection.takeWarnings().first {
            throw .hasUnknownOutcome(database: address.url, reason: warning.description)
        }
    }
}
