import Dispatch
import Payments

/// A connection that reads beside the writer, and could not write. It is opened when it is needed, and again when it was
/// lost.
///
/// It is unchecked because the compiler does not know that the connection is used only on the serial queue.
final class PostgreSQLReader: StoreReader, @unchecked Sendable {
    private static let setup = """
        SET default_transaction_read_only = on;
        SET statement_timeout = '30s';
        SET idle_in_transaction_session_timeout = '10s'
        """
    private static let patience = Duration.seconds(35)

    private let address: PostgreSQLAddress
    private let api: LibPQ
    /// Whether it has to read where the ledger is written: a standby is behind.
    private let isOfWriter: Bool
    private let queue = DispatchQueue(label: "paystate.postgresql.reader")
    private let statements = PostgreSQLStatements()

    init(_ address: PostgreSQLAddress, isOfWriter: Bool, api: LibPQ) {
        self.address = address
        self.api = api
        self.isOfWriter = isOfWriter
    }

    func read<Output>(_ work: (any Statements) throws -> Output) throws -> Output {
        try queue.sync { try snapshot(work) }
    }

    func readAside<Output: Sendable>(_ work: @escaping @Sendable (any Statements) throws -> Output) async throws
        -> Output
    {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.snapshot(work) }) }
        }
    }

    /// The server ends a statement that takes too long, and no further one begins after that time.
    func readWithin<Output: Sendable>(
        _ limit: Duration,
        _ work: @escaping @Sendable (any Statements) throws -> Output
    ) async throws -> Output {
        let end = ContinuousClock.now + limit
        do {
            return try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(
                        with: Result {
                            try self.snapshot(within: limit) { try work(TimedStatements($0, until: end, of: limit)) }
                        }
                    )
                }
            }
        } catch let error as PostgreSQLError where error.isTimeout {
            throw ReadTimeout(limit: limit)
        }
    }

    func schema() throws -> LedgerSchema {
        try read(schema(from:))
    }

    func schemaAside() async throws -> LedgerSchema {
        try await readAside { [self] in try schema(from: $0) }
    }

    private func schema(from statements: any Statements) throws -> LedgerSchema {
        guard let ledger = try statements.row("SELECT schema FROM ledger WHERE id = 1") else {
            throw LedgerError.isForeign(path: address.url)
        }
        let version = try statements.row("SELECT current_setting('server_version')")
        return LedgerSchema(
            version: ledger[0],
            known: PostgreSQLSchema.version,
            engineVersion: version.map { $0[0] } ?? ""
        )
    }

    func close() {
        queue.sync { statements.connection = nil }
    }

    /// A connection that was lost since it was last used is replaced once.
    ///
    /// - Parameter limit: how long each statement may take; `nil` for as long as the connection allows.
    private func snapshot<Output>(
        within limit: Duration? = nil,
        _ work: (any Statements) throws -> Output
    ) throws -> Output {
        let isFresh = statements.connection == nil
        do {
            return try attempt(within: limit, work)
        } catch let error as PostgreSQLError where error.endsConnection {
            statements.connection = nil
            if isFresh { throw error }
            return try attempt(within: limit, work)
        }
    }

    private func attempt<Output>(
        within limit: Duration?,
        _ work: (any Statements) throws -> Output
    ) throws -> Output {
        let connection =
            try statements.connection
            ?? PostgreSQLConnection(
                to: address,
                canWrite: isOfWriter,
                setup: Self.setup,
                patience: Self.patience,
                api: api
            )
        statements.connection = connection
        do {
            try connection.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", [], types: [])
            if let limit {
                try connection.send(text: "SET LOCAL statement_timeout = \(limit.wholeMilliseconds)")
            }
            let output = try work(statements)
            try connection.commit()
            return output
        } catch {
            try connection.rollBack()
            throw error
        }
    }
}
