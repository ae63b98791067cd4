/// A ledger on a server that is copied from.
final class PostgreSQLCopySource: CopySource {
    private let address: PostgreSQLAddress
    private let api: LibPQ
    private let isInUse: Bool

    private var location: LedgerLocation { .postgreSQL(address) }

    /// - Parameter whileInUse: whether receivers may go on meanwhile; else one that works on it is an error.
    init(_ address: PostgreSQLAddress, whileInUse: Bool) throws(CopyError) {
        self.address = address
        isInUse = whileInUse
        do {
            api = try LibPQ.forLedger()
        } catch {
            throw .cannotUse(error)
        }
    }

    func snapshot<Output>(_ work: (any TableReader) throws -> Output) throws -> Output {
        let tables = PostgreSQLTables(on: try open(), at: location)
        if !isInUse {
            let leases = try tables.leases()
            guard leases.isEmpty else { throw CopyError.isInUse(database: address.url, leases: leases) }
        }
        // Nothing was written: the end of the connection ends the transaction, and gives up the lock.
        return try work(tables)
    }

    /// Connects, and begins the transaction whose first statement takes the snapshot.
    private func open() throws(CopyError) -> PostgreSQLConnection {
        do {
            let connection = try PostgreSQLConnection(
                to: address,
                canWrite: true,
                setup: PostgreSQLTables.setup,
                patience: PostgreSQLTables.patience,
                api: api
            )
            if !isInUse {
                // Before the transaction: a snapshot that was taken while it waits would be too old.
                try connection.send(text: "SELECT pg_advisory_lock(\(PostgreSQLSchema.lock))")
                try connection.sync()
            }
            try connection.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", [], types: [])
            let exists = try connection.rows("SELECT to_regclass('paystate.ledger') IS NOT NULL", [], types: [])
            guard exists.first?.values.first == .integer(1),
                let ledger = try connection.rows("SELECT schema FROM ledger WHERE id = 1", [], types: []).first
            else { throw LedgerError.cannotOpen(path: address.url, reason: "there is no ledger in it") }
            let (schema, known): (Int, Int) = (ledger[0], PostgreSQLSchema.version)
            guard schema <= known else { throw LedgerError.isNewer(path: address.url, version: schema, known: known) }
            guard schema == known else {
                throw CopyError.isOlder(database: address.url, version: schema, known: known)
            }
            return connection
        } catch let error as CopyError {
            throw error
        } catch {
            throw .cannotUse(LedgerError(error, at: location))
        }
    }
}
