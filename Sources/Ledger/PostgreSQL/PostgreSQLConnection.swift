import Dispatch
import Glibc
import Payments

/// One connection to a server, in pipeline mode: what is sent waits in a buffer until a result is needed, so that many
/// statements cost one round trip. It is used by one thread at a time.
///
/// Every wait has a deadline, which closes the connection. A statement is never cancelled: a COMMIT that is cancelled
/// while it waits for a standby succeeds on the primary alone.
final class PostgreSQLConnection {
    let api: LibPQ
    let connection: LibPQ.Pointer
    /// The results that are still to be read, in the order in which the server sends them.
    private var expected: [Expectation] = []
    /// The names under which statements are prepared, by the address of their text.
    private var prepared: [UnsafePointer<UInt8>: String] = [:]
    private var preparedCount = 0
    private let notices: Notices
    var isLost = false
    /// How long a result may take.
    var patience: Duration

    /// What every session has, whatever the defaults of a server or a role are. Warnings have to come: one of them may say
    /// that a commit was not replicated.
    private static let setup = """
        SET search_path = paystate, pg_catalog;
        SET client_min_messages = warning;
        SET TimeZone = 'UTC';
        SET jit = off;
        """
    /// Has each COMMIT wait until it is durable, at least as far as the server's set-up goes.
    static let durableCommits = """
        SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
            WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false);
        """

    private enum Expectation {
        case preparation(UnsafePointer<UInt8>)
        case completion
        case rows
        case commit
        case sync
    }

    /// What the server says besides results: it is told on whatever thread reads, which is the one that uses the
    /// connection.
    private final class Notices {
        var warnings: [PostgreSQLError] = []
    }

    // MARK: Opening and closing

    /// Connects to the first of the hosts that fits.
    ///
    /// - Parameters:
    ///   - canWrite: whether it has to be a server that takes writes, whatever the URL says.
    ///   - setup: further statements that are run at once.
    init(
        to address: PostgreSQLAddress,
        canWrite: Bool,
        setup: String,
        patience: Duration,
        api: LibPQ
    ) throws(PostgreSQLError) {
        self.api = api
        self.patience = patience
        notices = Notices()
        // Those before the name can be overridden by the URL, those after it cannot.
        var parameters = [
            ("connect_timeout", "2"), ("tcp_user_timeout", "10000"), ("keepalives_idle", "10"),
            ("keepalives_interval", "3"), ("keepalives_count", "3"), ("application_name", "paystate"),
        ]
        parameters.append(("dbname", address.url))
        if canWrite { parameters.append(("target_session_attrs", "read-write")) }
        if let password = address.password { parameters.append(("password", password)) }
        parameters.append(("client_encoding", "UTF8"))
        let opened = Self.withTexts(parameters.map(\.0)) { keywords in
            Self.withTexts(parameters.map(\.1)) { api.connectdbParams(keywords, $0, 1) }
        }
        guard let opened else { throw .lost("there is no memory for a connection") }
        connection = opened
        guard api.status(connection) == 0 else {
            throw .lost(Self.text(api.errorMessage(connection)))
        }
        _ = api.setNoticeReceiver(
            connection,
            { argument, result in
                guard let argument else { return }
                let notices = Unmanaged<Notices>.fromOpaque(argument).takeUnretainedValue()
                // Without the library there would be no notice.
                guard let api = try? LibPQ.shared.get() else { return }
                // The severity, untranslated. Nobody takes the warnings of connections that only read.
                guard api.resultErrorField(result, CInt(UInt8(ascii: "V"))).map({ String(cString: $0) }) == "WARNING",
                    notices.warnings.count < 16
                else { return }
                notices.warnings.append(PostgreSQLError(of: result, api))
            },
            Unmanaged.passUnretained(notices).toOpaque()
        )
        guard api.setnonblocking(connection, 1) == 0 else { throw lose() }
        try run(Self.setup + setup)
        guard api.enterPipelineMode(connection) == 1 else { throw lose() }
    }

    deinit {
        api.finish(connection)
    }

    var serverVersion: Int { Int(api.serverVersion(connection)) }

    /// Takes the warnings that have come since the last call.
    func takeWarnings() -> [PostgreSQLError] {
        defer { notices.warnings = [] }
        return notices.warnings
    }

    // MARK: Statements

    /// Sends a statement, whose result is not waited for: an error comes with a later one.
    func send(_ sql: StaticString, _ values: [SQLValue], types: [ColumnType]) throws(PostgreSQLError) {
        try send(sql, values, types, expecting: .completion)
    }

    /// Sends a statement, and waits for its rows.
    func rows(_ sql: StaticString, _ values: [SQLValue], types: [ColumnType]) throws(PostgreSQLError) -> [Row] {
        try send(sql, values, types, expecting: .rows)
        return try receive().last ?? []
    }

    /// Sends a statement whose text is put together, such as one that may be about any table, and that takes no
    /// arguments; its result is not waited for.
    func send(text sql: String) throws(PostgreSQLError) {
        try send(text: sql, expecting: .completion)
    }

    /// The same for a statement that returns rows, which are waited for.
    func rows(ofText sql: String) throws(PostgreSQLError) -> [Row] {
        try send(text: sql, expecting: .rows)
        return try receive().last ?? []
    }

    private func send(text sql: String, expecting result: Expectation) throws(PostgreSQLError) {
        guard !isLost else { throw .lost("the connection is lost") }
        guard api.sendQueryParams(connection, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw lose() }
        expected.append(result)
    }

    /// Sends several statements, and waits once for the rows of them all.
    func rows(ofEach queries: [Query]) throws(PostgreSQLError) -> [[Row]] {
        for query in queries { try send(query.sql, query.values, query.types, expecting: .rows) }
        return queries.isEmpty ? [] : try receive()
    }

    /// A statement that returns rows, with its arguments.
    struct Query {
        let sql: StaticString
        let values: [SQLValue]
        let types: [ColumnType]
    }

    /// Waits until everything that was sent has succeeded. An error anywhere makes the server pass over whatever comes
    /// before this.
    func sync() throws(PostgreSQLError) {
        _ = try receive()
    }

    /// Ends the transaction, and waits until it is durable.
    ///
    /// - Throws: also if a statement failed before, for which the server undoes all of it and reports no error.
    func commit() throws(PostgreSQLError) {
        try send("COMMIT", [], [], expecting: .commit)
        try sync()
    }

    /// Brings the connection back to where a transaction can begin, whatever has failed.
    func rollBack() throws(PostgreSQLError) {
        guard !isLost else { return }
        do throws(PostgreSQLError) {
            if !expected.isEmpty { try sync() }
        } catch {
            if isLost { throw error }
        }
        try send("ROLLBACK", [], types: [])
        try sync()
        _ = takeWarnings()
    }

    private func send(
        _ sql: StaticString,
        _ values: [SQLValue],
        _ types: [ColumnType],
        expecting result: Expectation
    ) throws(PostgreSQLError) {
        guard !isLost else { throw .lost("the connection is lost") }
        let name = try prepare(sql, types)
        let sent = values.withParameters { count, values, lengths, formats in
            name.withCString { api.sendQueryPrepared(connection, $0, count, values, lengths, formats, 1) }
        }
        guard sent == 1 else { throw lose() }
        expected.append(result)
    }

    private func prepare(_ sql: StaticString, _ types: [ColumnType]) throws(PostgreSQLError) -> String {
        if let known = prepared[sql.utf8Start] { return known }
        preparedCount += 1
        let name = "s\(preparedCount)"
        let text = PostgreSQLDialect.numbered(sql.description)
        let sent = name.withCString { name in
            text.withCString { text in
                api.sendPrepare(connection, name, text, CInt(types.count), types.map(\.oid))
            }
        }
        guard sent == 1 else { throw lose() }
        prepared[sql.utf8Start] = name
        expected.append(.preparation(sql.utf8Start))
        return name
    }

    // MARK: Results

    /// Reads the results of everything that was sent.
    ///
    /// It ends with a sync, which ends no transaction: a session that waits after one counts as idle, and the server ends
    /// it if its client is frozen. After a mere request to flush it would wait for ever.
    private func receive() throws(PostgreSQLError) -> [[Row]] {
        guard api.pipelineSync(connection) == 1 else { throw lose() }
        expected.append(.sync)
        let deadline = ContinuousClock.now + patience
        try flush(until: deadline)
        var results: [[Row]] = []
        var failure: PostgreSQLError?
        let expectations = expected
        expected = []
        for expectation in expectations {
            do throws(PostgreSQLError) {
                if let rows = try result(of: expectation, until: deadline) { results.append(rows) }
            } catch {
                if isLost { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return results
    }

    /// Reads the next result; `nil` if it has no rows.
    private func result(
        of expectation: Expectation,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLError) -> [Row]? {
        guard let result = try nextResult(until: deadline) else { throw lose("the server sent no result") }
        defer { api.clear(result) }
        let status = ResultStatus(rawValue: api.resultStatus(result))
        if case .sync = expectation {
            guard status == .pipelineSync else { throw end(with: result, "the server sent a result out of turn") }
            return nil
        }
        // Each result but that of a sync is followed by an end.
        if let second = try nextResult(until: deadline) {
            api.clear(second)
            throw end(with: result, "the server sent two results for a statement")
        }
        switch status {
        case .completed:
            if case .commit = expectation, api.cmdStatus(result).map({ String(cString: $0) }) != "COMMIT" {
                throw .aborted
            }
            return nil
        case .tuples:
            if case .rows = expectation { return try api.rows(of: result) }
            return nil
        case .failed, .aborted:
            if case .preparation(let sql) = expectation { prepared[sql] = nil }
            throw status == .failed ? PostgreSQLError(of: result, api) : .aborted
        case .pipelineSync, .copyBegan, nil: throw lose("the server sent what nothing had asked for")
        }
    }

    enum ResultStatus: CInt {
        case completed = 1
        case tuples = 2
        case copyBegan = 4
        case failed = 7
        case pipelineSync = 10
        case aborted = 11
    }

    func nextResult(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> LibPQ.Pointer? {
        while api.isBusy(connection) != 0 {
            try wait(for: POLLIN, until: deadline)
            guard api.consumeInput(connection) == 1 else { throw lose() }
        }
        return api.getResult(connection)
    }

    func flush(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
        while true {
            switch api.flush(connection) {
            case 0: return
            case 1:
                // A server that cannot send its results takes no more statements.
                try wait(for: POLLIN | POLLOUT, until: deadline)
                guard api.consumeInput(connection) == 1 else { throw lose() }
            default: throw lose()  // It returns -1 on failure.
            }
        }
    }

    private func wait(for events: CInt, until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { throw lose("the server did not answer within \(patience)") }
            var descriptor = pollfd(fd: api.socket(connection), events: Int16(events), revents: 0)
            let ready = poll(&descriptor, 1, CInt(min(left / .milliseconds(1), 1000).rounded(.up)))
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw lose(String(cString: strerror(errno))) }
        }
    }

    /// Marks the connection as lost, and says why.
    func lose(_ reason: String? = nil) -> PostgreSQLError {
        isLost = true
        let said = Self.text(api.errorMessage(connection))
        return .lost(reason ?? (said.isEmpty ? "the connection to the server is lost" : said))
    }

    /// The same where the server may have said why, before it ended the session.
    private func end(with result: LibPQ.Pointer, _ reason: String) -> PostgreSQLError {
        isLost = true
        let isTold = ResultStatus(rawValue: api.resultStatus(result)) == .failed
        return isTold ? PostgreSQLError(of: result, api) : .lost(reason)
    }

    // MARK: Apart from pipelines

    /// Runs statements that need no arguments, before the pipeline mode or between two pipelines.
    func run(_ sql: String) throws(PostgreSQLError) {
        guard api.sendQuery(connection, sql) == 1 else { throw lose() }
        let deadline = ContinuousClock.now + patience
        try flush(until: deadline)
        if let failure = try failure(until: deadline) { throw failure }
    }

    /// Reads the results of what was sent apart from pipelines.
    ///
    /// - Returns: the first error among them.
    func failure(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> PostgreSQLError? {
        var failure: PostgreSQLError?
        while let result = try nextResult(until: deadline) {
            defer { api.clear(result) }
            if ResultStatus(rawValue: api.resultStatus(result)) == .failed {
                failure = failure ?? PostgreSQLError(of: result, api)
            }
        }
        return failure
    }

    /// Runs work without pipelines: texts of several statements, and COPY.
    func withoutPipeline<Output>(_ work: () throws -> Output) throws -> Output {
        try sync()
        guard api.exitPipelineMode(connection) == 1 else { throw lose() }
        defer { if api.enterPipelineMode(connection) != 1 { isLost = true } }
        return try work()
    }

    private static func text(_ text: LibPQ.Text?) -> String {
        let lines = text.map { String(cString: $0) } ?? ""
        return lines.replacing("\t", with: "").split(separator: "\n").joined(separator: "; ")
    }

    private static func withTexts<Output>(_ texts: [String], _ body: (LibPQ.Texts) -> Output) -> Output {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { texts in
            guard let start = texts.baseAddress else { preconditionFailure("the list has an end") }
            return body(start)
        }
    }
}
