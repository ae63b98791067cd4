import Payments

/// The writing connection to a PostgreSQL server, which other receivers may write to as well.
///
/// Each transaction begins by locking one row: whoever holds it is the one writer for the time of a batch. A receiver
/// that is frozen while it holds the lock is ended by the server.
///
/// It is unchecked because the compiler does not know that it is used only on the store's serial queue.
final class PostgreSQLWriter: WritingConnection, @unchecked Sendable {
    /// What a 200 promises does not depend on the server's defaults.
    private static let setup = """
        SET idle_in_transaction_session_timeout = '2s';
        SET lock_timeout = '2s';
        SET statement_timeout = 0;
        SET application_name = 'paystate writer';
        SET plan_cache_mode = force_generic_plan;
        SET tcp_user_timeout = '10s';
        \(PostgreSQLConnection.durableCommits)
        """
    /// How long the server may take for anything. Twice the wait for the lock and once this are less than ten seconds, which
    /// no caller should wait in vain.
    private static let patience = Duration.seconds(5)
    /// Ends the session of a receiver that was frozen while it held the lock and sent statements: the server itself ends only
    /// sessions that have come to rest. One that waits for a standby waits for something else, and is left alone.
    private static let endingFrozen: StaticString = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'paystate writer' AND wait_event IN ('ClientRead', 'ClientWrite') AND pid <> pg_backend_pid()
          AND xact_start < clock_timestamp() - INTERVAL '1900 milliseconds'
          AND datname = current_database() AND pid IN (
              SELECT pid FROM pg_locks WHERE relation = to_regclass('ledger')
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND mode = 'RowShareLock' AND granted)
        """
    /// After a failure to connect, others fail at once for this long: each attempt may take seconds, and callers wait.
    private static let pauseAfterFailure = Duration.milliseconds(500)

    private let address: PostgreSQLAddress
    private let api: LibPQ
    private let own = PostgreSQLStatements()
    /// The history of the ledger that was opened: another one has replaced it where this differs.
    private var history: String?
    private var lastFailure: (at: ContinuousClock.Instant, error: PostgreSQLError)?
    private let status: PostgreSQLStatus

    init(_ address: PostgreSQLAddress, api: LibPQ, status: PostgreSQLStatus) {
        self.address = address
        self.api = api
        self.status = status
    }

    var statements: any Statements { own }

    // MARK: Connecting

    /// Connects, unless there is a connection already.
    func connect() throws(PostgreSQLError) -> PostgreSQLConnection {
        if let connection = own.connection, !connection.isLost { return connection }
        own.connection = nil
        if let lastFailure, ContinuousClock.now < lastFailure.at + Self.pauseAfterFailure { throw lastFailure.error }
        do {
            let connection = try PostgreSQLConnection(
                to: address,
                canWrite: true,
                setup: Self.setup,
                patience: Self.patience,
                api: api
            )
            lastFailure = nil
            own.connection = connection
            status.connected()
            return connection
        } catch {
            lastFailure = (ContinuousClock.now, error)
            status.disconnected()
            throw error
        }
    }

    private func disconnect() {
        own.connection = nil
        status.disconnected()
    }

    // MARK: Transactions

    /// What is sent before the COMMIT may be sent again: a connection that was lost meanwhile is replaced, and the
    /// transaction run once more. Not after it: whether it succeeded is not known then.
    func transact(reading expected: [(reads: ExpectedReads, account: AccountRow)], _ work: () throws -> Void) throws {
        defer { own.ahead.removeAll() }
        do {
            do {
                try attempt(expected, work)
            } catch let error as PostgreSQLError where error.isTransient {
                try attempt(expected, work)
            } catch let error as PostgreSQLError where error.isLocked {
                try endFrozenHolder()
                try attempt(expected, work)
            }
        } catch let error as PostgreSQLError {
            throw WriteFailure(error)
        } catch let damage as DamagedRow {
            throw WriteFailure.unavailable(.isDisconnected(reason: damage.description), reason: damage.description)
        }
    }

    private func endFrozenHolder() throws {
        let connection = try connect()
        // Where the role may not end sessions, the lock is waited for all the same.
        _ = try? connection.rows(Self.endingFrozen, [], types: [])
    }

    private func attempt(_ expected: [(reads: ExpectedReads, account: AccountRow)], _ work: () throws -> Void) throws {
        let connection = try connect()
        do {
            try begin(on: connection, expected)
            try work()
        } catch {
            own.ahead.removeAll()
            // The work may have hidden the error of the connection behind one of its own.
            if (error as? PostgreSQLError)?.endsConnection ?? connection.isLost {
                disconnect()
            } else {
                do { try connection.rollBack() } catch { disconnect() }
            }
            throw error
        }
        try commit(on: connection)
    }

    /// The level is said because of what a server may be set to: REPEATABLE READ would not see what the holder of the
    /// lock before this one has committed.
    private func begin(on connection: PostgreSQLConnection, _ expected: [(reads: ExpectedReads, account: AccountRow)])
        throws
    {
        try connection.send("BEGIN ISOLATION LEVEL READ COMMITTED", [], types: [])
        let found = try own.ahead.read(expected, on: connection)
        guard let ledger = found else { throw WriteFailure.ledgerReplaced }
        let (schema, history): (Int, String) = (ledger[0], ledger[1])
        guard schema <= PostgreSQLSchema.version else {
            let reason = """
                a newer Paystate has upgraded the schema to version \(schema), this one knows up to \
                \(PostgreSQLSchema.version): upgrade it
                """
            throw WriteFailure.unavailable(.isDisconnected(reason: reason), reason: reason)
        }
        guard self.history == nil || self.history == history else { throw WriteFailure.ledgerReplaced }
        self.history = history
    }

    private func commit(on connection: PostgreSQLConnection) throws {
        _ = connection.takeWarnings()
        do {
            try connection.commit()
        } catch {
            guard !connection.isLost, !error.endsConnection else {
                disconnect()
                throw WriteFailure.unknownOutcome(error.description)
            }
            // An earlier statement failed: the server has passed over the COMMIT.
            do { try connection.rollBack() } catch { disconnect() }
            throw error.isTransient ? WriteFailure.unknownOutcome(error.description) : error
        }
        // «The transaction has already committed locally, but might not have been replicated to the standby.»
        if let warning = connection.takeWarnings().first {
            throw WriteFailure.unknownOutcome(warning.description)
        }
    }

    // MARK: Besides transactions

    /// Rings at all receivers, and at programs that follow the ledger, once the transaction is committed. What it says is
    /// in the ledger as well: a bell that nobody hears costs time, and nothing else.
    func ring(_ bell: Doorbell) throws {
        try own.execute("SELECT pg_notify('paystate', ?)", [bell.payload])
    }

    func rest(isIdle: Bool) throws(FatalLedgerError) {}

    func makeRoom() throws(FatalLedgerError) {}

    func inspect(isIdle: Bool) throws -> ExternalWrite? { nil }

    func save() throws(SavingError) -> String? { nil }

    func finish() throws(FatalLedgerError) {}

    func close() {
        own.connection = nil
    }
}

extension WriteFailure {
    /// What is remembered of the ledger that was opened, such as the numbers of accounts, does not hold any more.
    fileprivate static let ledgerReplaced = WriteFailure.fatal(
        reason: "the database holds another ledger than the one that was opened, or none any more"
    )

    /// Whether the transaction was committed is not known, or not on all servers that have to have it: nothing is
    /// acknowledged, and whoever sends it again finds out by its digest.
    fileprivate static func unknownOutcome(_ reason: String) -> WriteFailure {
        let reason = "whether it was committed is not known: \(reason)"
        return .unavailable(.isDisconnected(reason: reason), reason: reason)
    }
}
