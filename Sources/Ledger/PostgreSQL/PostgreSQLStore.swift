import Dispatch
import Synchronization

/// The ledger in a database of a PostgreSQL server, which other receivers may write as well.
final class PostgreSQLStore: Store {
    let location: LedgerLocation
    let isShared = true
    let reader: any StoreReader
    private let address: PostgreSQLAddress
    private let api: LibPQ
    private let queue = DispatchQueue(label: "paystate.postgresql.writer")
    private let writer: PostgreSQLWriter
    private let listener: PostgreSQLListener
    private let leases = LeaseRows()

    /// Connects, and creates or upgrades the schema.
    init(_ address: PostgreSQLAddress) throws(LedgerError) {
        location = .postgreSQL(address)
        self.address = address
        api = try LibPQ.forLedger()
        reader = PostgreSQLReader(address, isOfWriter: true, api: api)
        writer = PostgreSQLWriter(address, api: api, status: PostgreSQLStatus())
        listener = PostgreSQLListener(address, api: api)
        do {
            try PostgreSQLSchema.lay(on: writer.connect(), at: location)
        } catch {
            throw LedgerError(error, at: location)
        }
    }

    func listen(_ heard: @escaping @Sendable (Doorbell) -> Void) {
        listener.start(heard)
    }

    deinit {
        listener.stop()
    }

    func makeReader() -> any StoreReader {
        PostgreSQLReader(address, isOfWriter: true, api: api)
    }

    func prepare<Output>(_ work: (any WritingConnection) throws -> Output) throws -> Output {
        try queue.sync { try work(writer) }
    }

    func enqueue(_ work: @escaping @Sendable (any WritingConnection) -> Void) {
        queue.async { [writer] in work(writer) }
    }

    /// What is committed is where the server keeps it.
    var loss: String? { nil }

    /// The server knows its own disk: it is asked by writing.
    func unavailableReason(for use: DiskUse) -> UnavailableReason? { nil }

    func renew(_ names: [String], in statements: any Statements) throws -> Set<String> {
        try leases.renew(names, in: statements)
    }

    func close() throws {
        listener.stop()
        try? prepare { [leases] writer in
            // The others wait for their ends where this fails.
            try writer.transact { try leases.release(in: writer.statements) }
        }
        queue.sync { writer.close() }
        try reader.close()
    }

    func abandon() {
        listener.stop()
    }
}

extension LibPQ {
    /// - Throws: what has to be installed.
    static func forLedger() throws(LedgerError) -> LibPQ {
        do throws(LibPQMissing) {
            return try shared.get()
        } catch {
            throw .libraryIsMissing(reason: error.reason)
        }
    }
}

extension LedgerError {
    /// Why a ledger could not be opened.
    init(_ error: any Error, at location: LedgerLocation) {
        if case .file(let path) = location {
            self.init(error, at: path)
            return
        }
        let path = location.description
        switch error {
        case let error as LedgerError: self = error
        case let error as PostgreSQLError where error.isLocked:
            self = .isUnreachable(path: path, reason: "it is being copied or upgraded, \(error)")
        case let error as PostgreSQLError where error.endsConnection:
            self = .isUnreachable(path: path, reason: error.description)
        case let error as WriteFailure: self = .isUnreachable(path: path, reason: error.reason)
        case let error as PostgreSQLError where error.state == "42P01" || error.state == "3F000":
            self = .cannotOpen(
                path: path,
                reason: "there is no ledger in it: the daemon lays it down at its first start"
            )
        case let error as PostgreSQLError where error.state == "42501":
            let advice = "Paystate's commands need the role that owns the ledger, and the daemon the database itself"
            self = .cannotOpen(path: path, reason: "\(error.message); \(advice)")
        default: self = .cannotOpen(path: path, reason: "\(error)")  // Errors are an open set.
        }
    }
}
