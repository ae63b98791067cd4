/// A database engine that keeps the ledger: one connection that writes, and others that read beside it.
///
/// Everything that knows files, locks or the engine's own statements is behind it.
protocol Store: Sendable {
    /// Where the ledger is, with all links of a path resolved.
    var location: LedgerLocation { get }

    /// Whether other receivers may write the same ledger: what is remembered between two transactions may be outdated.
    var isShared: Bool { get }

    /// Reads beside the writer.
    var reader: any StoreReader { get }

    /// Opens another connection that reads beside the writer.
    func makeReader() throws(LedgerError) -> any StoreReader

    /// Has a function called with what another receiver has committed; it may miss some.
    func listen(_ heard: @escaping @Sendable (Doorbell) -> Void)

    /// Takes leases, or keeps those that this receiver has, in a transaction of the writer.
    ///
    /// - Returns: those that it has now.
    func renew(_ leases: [String], in statements: any Statements) throws -> Set<String>

    /// Runs work on the writing connection before anything else does; for opening the ledger.
    func prepare<Output>(_ work: (any WritingConnection) throws -> Output) throws -> Output

    /// Runs work on the writing connection, after whatever was asked for before; returns at once.
    func enqueue(_ work: @escaping @Sendable (any WritingConnection) -> Void)

    /// Why what is committed now would not be where the next start looks for it; `nil` if it would. It takes some
    /// microseconds, so each batch can afford it.
    var loss: String? { get }

    /// Why nothing can be recorded, as far as the engine knows beforehand. It takes some microseconds.
    func unavailableReason(for use: DiskUse) -> UnavailableReason?

    /// Closes all connections, and leaves the ledger to the next process.
    func close() throws

    /// Leaves all connections open until the process ends: closing them would write, and trust a second fsync.
    func abandon()
}

extension Store {
    /// Runs work on the writing connection, after whatever was asked for before, whether or not the task is cancelled.
    func write<Output: Sendable>(
        _ work: @escaping @Sendable (any WritingConnection) throws -> Output
    ) async throws -> Output {
        try await withCheckedThrowingContinuation { continuation in
            enqueue { connection in continuation.resume(with: Result { try work(connection) }) }
        }
    }
}

/// Reads the ledger without ever writing to it, as any other program could.
protocol StoreReader: Sendable {
    /// Reads from one snapshot.
    func read<Output>(_ work: (any Statements) throws -> Output) throws -> Output

    /// The same for one of many tasks: none of their threads waits for the disk.
    func readAside<Output: Sendable>(_ work: @escaping @Sendable (any Statements) throws -> Output) async throws
        -> Output

    /// The same with a bound, for readers that anybody on this machine may ask: the time counts from the call, so that
    /// whoever waits behind a slow read does not wait longer than it.
    ///
    /// - Throws: ``ReadTimeout`` if it took longer.
    func readWithin<Output: Sendable>(
        _ limit: Duration,
        _ work: @escaping @Sendable (any Statements) throws -> Output
    ) async throws -> Output

    func schema() throws -> LedgerSchema

    /// The same for one of many tasks.
    func schemaAside() async throws -> LedgerSchema

    func close() throws
}

/// The connection of the one writer: used on its own serial queue only.
protocol WritingConnection: AnyObject {
    var statements: any Statements { get }

    /// Runs work as one transaction, which is durable when this returns.
    ///
    /// - Throws: ``WriteFailure`` if the engine could not write it, or what `work` throws; nothing was written then.
    ///
    /// - Parameter expected: what the work will read first; an engine may read it at once.
    func transact(reading expected: [(reads: ExpectedReads, account: AccountRow)], _ work: () throws -> Void) throws

    /// Rings once the transaction is committed, where somebody may listen.
    func ring(_ bell: Doorbell) throws

    /// What the engine does between two transactions, where no sender waits for it.
    ///
    /// - Parameter isIdle: whether no request is waiting that it would delay.
    func rest(isIdle: Bool) throws(FatalLedgerError)

    /// Tries to free space on a full disk.
    func makeRoom() throws(FatalLedgerError)

    /// Checks whether another program has touched the ledger since the last check.
    ///
    /// - Parameter isIdle: whether no request is waiting that it would delay.
    func inspect(isIdle: Bool) throws -> ExternalWrite?

    /// Brings committed data back to where the next start looks for it. Nothing may be written afterwards.
    ///
    /// - Returns: what was done, in words; `nil` if nothing is lost any more.
    func save() throws(SavingError) -> String?

    /// The last step before the connection is closed.
    func finish() throws(FatalLedgerError)
}

extension WritingConnection {
    func transact(_ work: () throws -> Void) throws {
        try transact(reading: [], work)
    }
}
