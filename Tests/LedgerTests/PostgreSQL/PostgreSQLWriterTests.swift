import Dispatch
import Glibc
import Payments
import TestSupport
import Testing

@testable import Ledger

/// The writer beside others: what it runs again, what it does not know, and what it leaves alone.
@Suite(.needsServer) struct PostgreSQLWriterTests {
    private let bench: LedgerBench
    private let database: PostgreSQLDatabase

    init() throws {
        bench = try LedgerBench()
        database = try #require(bench.database)
    }

    private func makeWriter() throws -> PostgreSQLWriter {
        PostgreSQLWriter(database.address, api: try LibPQ.shared.get(), status: PostgreSQLStatus())
    }

    /// Runs a transaction, and returns how often its work ran, and why it failed.
    private func run(
        _ writer: PostgreSQLWriter,
        _ work: (_ attempt: Int) throws -> Void
    ) -> (attempts: Int, failure: (any Error)?) {
        var attempts = 0
        do {
            try writer.transact {
                attempts += 1
                try work(attempts)
            }
            return (attempts, nil)
        } catch {
            return (attempts, error)
        }
    }

    /// Writes a row that tells the attempts apart.
    private func write(_ attempt: Int, by writer: PostgreSQLWriter) throws {
        try writer.statements.execute(
            "INSERT INTO lease (name, holder, until) VALUES (?, 'a test', clock_timestamp())",
            ["attempt \(attempt)"]
        )
    }

    /// Ends the session of a writer, as a server does that is restarted.
    private func end(_ writer: PostgreSQLWriter) throws {
        let session = try #require(try writer.statements.number("SELECT pg_backend_pid()"))
        #expect(try database.rows("SELECT pg_terminate_backend(\(session), 5000)") == ["1"])
    }

    // MARK: A connection that ends

    @Test func `whose connection ends between two batches gets another one, and nobody notices`() async throws {
        try await bench.record(.stated("success", .succeeded))
        let sessions = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        #expect(try database.rows("SELECT DISTINCT pg_terminate_backend(pid, 5000) \(sessions)") == ["1"])
        try await bench.record(.stated("success", .succeeded, id: "EP-2"))
        #expect(try bench.rows("SELECT payment_id FROM callbacks ORDER BY id") == ["EP-1", "EP-2"])
        #expect(try await bench.ledger.status().lastCallbackAt == Timestamp(milliseconds: 1000))
    }

    @Test func `a batch whose connection ends before its COMMIT is run again on another one`() throws {
        let writer = try makeWriter()
        let (attempts, failure) = run(writer) { attempt in
            try write(attempt, by: writer)
            if attempt == 1 { try end(writer) }
            // Its rows are waited for: so the loss is noticed.
            _ = try writer.statements.number("SELECT 1")
        }
        #expect(attempts == 2 && failure == nil)
        #expect(try bench.rows("SELECT name FROM lease") == ["attempt 2"])
    }

    @Test func `once the COMMIT was sent it is not run again, and the outcome is told as unknown`() throws {
        let writer = try makeWriter()
        let (attempts, failure) = run(writer) { attempt in
            try write(attempt, by: writer)
            try end(writer)
        }
        #expect(attempts == 1)
        #expect((failure as? WriteFailure)?.reason.contains("whether it was committed is not known") == true)
        // It goes on with the next one.
        let next = run(writer) { try write($0 + 1, by: writer) }
        #expect(next.failure == nil)
        #expect(try bench.rows("SELECT name FROM lease") == ["attempt 2"])
    }

    @Test func `a commit that the server warns of is not acknowledged, and the second try finds its digest`()
        async throws
    {
        // As where the wait for a standby is cancelled: the server commits, and says so beside it.
        try bench.tamper(
            """
            CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE WARNING 'The transaction has already committed locally, but might not have been replicated.';
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER callback_warns AFTER INSERT ON callback DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION warn()
            """
        )
        let error = await #expect(throws: RecordingError.self) {
            try await bench.record(.stated("success", .succeeded), "one")
        }
        #expect(error?.description.contains("committed locally") == true)
        // The caller is told first, and then those who have come meanwhile.
        _ = try await eventually { bench.ledger.unavailableReason(for: .callbacks) != nil }
        let second = try await bench.record(.stated("success", .succeeded), "one")
        #expect(second == RecordResult(callback: 1, effect: .applied, isDuplicate: true))
        #expect(try bench.rows("SELECT count(*), sum(deliveries) FROM callbacks") == ["1 2"])
        #expect(try bench.rows("SELECT count(*) FROM transitions") == ["2"])
    }

    // MARK: The lock

    @Test func `who holds the lock for too long is not waited for, and all goes on when it is let go`() async throws {
        let holder = try PostgreSQLConnection.open(to: database)
        try holder.send("BEGIN")
        #expect(try holder.rows("SELECT id FROM paystate.ledger FOR UPDATE").count == 1)
        let start = ContinuousClock.now
        await #expect(throws: RecordingError.self) { try await bench.record(.stated("success", .succeeded)) }
        // As long as a caller may be kept waiting.
        #expect(ContinuousClock.now - start < .seconds(10))
        // The caller is told first.
        _ = try await eventually { bench.ledger.unavailableReason(for: .callbacks) != nil }
        #expect(bench.ledger.unavailableReason(for: .callbacks)?.description.contains("55P03") == true)
        try holder.rollBack()
        try await bench.record(.stated("success", .succeeded))
        #expect(bench.ledger.unavailableReason(for: .callbacks) == nil)
    }

    @Test(arguments: [false, true])
    func `a receiver that freezes with the lock is ended, at rest or amid its statements, and runs its batch again`(
        _ isAmidStatements: Bool
    ) async throws {
        let frozen = try makeWriter()
        let (locked, lock) = AsyncStream<Void>.makeStream()
        let thaw = DispatchSemaphore(value: 0)
        async let attempts = freeze(frozen, isAmidStatements: isAmidStatements, once: { lock.yield() }, until: thaw)
        for await _ in locked { break }
        try await bench.record(.stated("success", .succeeded))
        thaw.signal()
        let count = await attempts
        #expect(count == 2)
    }

    /// Runs a transaction whose first attempt is held up, and returns how often its work ran.
    private func freeze(
        _ writer: PostgreSQLWriter,
        isAmidStatements: Bool,
        once isLocked: @escaping @Sendable () -> Void,
        until thaw: DispatchSemaphore
    ) async -> Int {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let (attempts, _) = run(writer) { attempt in
                    _ = try writer.statements.number("SELECT 1")
                    if isAmidStatements {
                        // So long that it is sent before its result is asked for.
                        let text = String(repeating: "x", count: 64 << 10)
                        try writer.statements.execute("SELECT length(?)", [text])
                    }
                    if attempt == 1 {
                        isLocked()
                        _ = thaw.wait(timeout: .now() + .seconds(60))
                    }
                    _ = try writer.statements.number("SELECT 1")
                }
                continuation.resume(returning: attempts)
            }
        }
    }

    // MARK: Another ledger

    @Test func `a schema that a newer Paystate has upgraded is not written, with a word on what to do`() async throws {
        try bench.tamper("UPDATE ledger SET schema = 99")
        let error = await #expect(throws: RecordingError.self) {
            try await bench.record(.stated("success", .succeeded))
        }
        #expect(error?.description.contains("a newer Paystate has upgraded the schema to version 99") == true)
        #expect(error?.description.contains("upgrade it") == true)
        let refusal = #expect(throws: LedgerError.self) { _ = try LedgerBench.open(bench.folder) }
        #expect(refusal?.description.contains("install the newer paystate") == true)
        try bench.tamper("UPDATE ledger SET schema = \(PostgreSQLSchema.version)")
        try await bench.record(.stated("success", .succeeded))
    }

    @Test(arguments: ["UPDATE ledger SET history = 'another'", "DELETE FROM ledger"])
    func `another ledger in the place of the one that was opened is left alone, and ends the process`(_ sql: String)
        async throws
    {
        try await bench.record(.stated("success", .succeeded))
        try bench.tamper(sql)
        let error = await #expect(throws: RecordingError.self) {
            try await bench.record(.stated("success", .succeeded, id: "EP-2"))
        }
        #expect(error?.description.contains("holds another ledger than the one that was opened") == true)
        #expect(try bench.rows("SELECT count(*) FROM callback") == ["1"])
        await #expect(throws: FatalLedgerError.self) { try await bench.ledger.finish() }
    }

    // MARK: Two receivers

    @Test func `two receivers record each callback once, and the change feed has no gaps`() async throws {
        let ledgers = [bench.ledger, try LedgerBench.open(bench.folder)]
        let firsts = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                let callback = bench.callback(.stated("success", .succeeded, id: "EP-\(number)"), "body \(number)")
                for ledger in ledgers { group.addTask { try await ledger.record(callback).isDuplicate == false } }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(firsts == 60)
        #expect(try bench.rows("SELECT count(*), sum(deliveries), max(id) FROM callbacks") == ["60 120 60"])
        #expect(try bench.rows("SELECT count(*), min(seq), max(seq) FROM transitions") == ["120 1 120"])
        #expect(try bench.rows("SELECT count(*), max(id) FROM payment") == ["60 60"])
    }

    @Test func `one poisonous callback of a batch spoils only itself`() async throws {
        let refused = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                let word = number == 7 ? "suc\u{0}cess" : "success"
                group.addTask {
                    do {
                        try await bench.record(.stated(word, .succeeded, id: "EP-\(number)"), "body \(number)")
                        return false
                    } catch {
                        guard case .isRefused = error as? RecordingError else { return false }
                        return true
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 1)
        #expect(try bench.rows("SELECT count(*), max(id) FROM callbacks") == ["39 39"])
        #expect(try bench.rows("SELECT count(*), max(seq) FROM transitions") == ["78 78"])
    }

    @Test func `a receiver whose clock is behind takes the time of history no step back`() async throws {
        let other = try LedgerBench.open(bench.folder)
        let behind: Int64 = 5000
        for number in 0..<6 {
            let (id, time) = ("EP-\(number)", 100_000 + Int64(number) * 1000)
            let content = ReceivedCallback.Content.stated("success", .succeeded, id: id)
            if number.isMultiple(of: 2) {
                try await bench.record(content, at: time)
            } else {
                _ = try await other.record(bench.callback(content, nil, at: time - behind))
            }
        }
        let steps = """
            SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY seq) AS back FROM transition)
            AS step WHERE back
            """
        #expect(try bench.rows(steps) == ["0"])
        let times = "SELECT DISTINCT recorded_at FROM transition ORDER BY 1"
        #expect(try bench.rows(times) == ["100000", "102000", "104000"])
    }

    @Test func `of two receivers with different schedules both go by that of whoever came last`() async throws {
        var slow = PollSchedule.everyMinute
        slow.firstAfter = .seconds(600)
        let other = try LedgerBench.open(bench.folder, schedule: slow)
        try await bench.record(.stated("processing", .pending, id: "EP-1"), at: 1000)
        _ = try await other.record(bench.callback(.stated("processing", .pending, id: "EP-2"), nil, at: 1000))
        try await bench.record(.stated("processing", .pending, id: "EP-3"), at: 1000)
        #expect(
            try bench.rows("SELECT payment_id, next_poll_at FROM payment ORDER BY 1") == [
                "EP-1 61000", "EP-2 601000", "EP-3 601000",
            ]
        )
        #expect(try bench.rows("SELECT first_after FROM schedule ORDER BY id") == ["60000", "600000"])
    }

    // MARK: The views

    @Test func `a column that a newer Paystate has added to a view stays, and so does who may read it`() async throws {
        try await bench.ledger.finish()
        let role = "reader_\(UInt32.random(in: 0 ... .max))"
        try bench.tamper(
            """
            CREATE ROLE \(role); GRANT SELECT ON currencies TO \(role);
            ALTER VIEW currencies RENAME COLUMN minor_units TO sequel;
            UPDATE view_digest SET digest = pg_catalog.sha256('another'::bytea)
            """
        )
        try await bench.reopened().finish()
        #expect(try bench.rows("SELECT sequel FROM currencies WHERE code = 'EUR'") == ["100"])
        try bench.tamper(
            "DROP VIEW currencies; CREATE VIEW currencies AS SELECT code FROM currency; GRANT SELECT ON currencies TO \(role)"
        )
        try await bench.reopened().finish()
        #expect(try bench.rows("SELECT minor_units FROM currencies WHERE code = 'EUR'") == ["100"])
        #expect(try bench.rows("SELECT has_table_privilege('\(role)', 'currencies', 'SELECT')::int") == ["1"])
        try bench.tamper("DROP OWNED BY \(role); DROP ROLE \(role)")
    }
}
