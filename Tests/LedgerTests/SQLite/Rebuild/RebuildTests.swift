import Foundation
import GRDB
import Ledger
import Payments
import TestSupport
import Testing

/// What a ledger believes follows from the evidence that it stores (invariant 7, docs/architecture.md).
@Suite(.enabled(if: !TestEngine.isPostgreSQL, "about the file")) struct RebuildTests {
    @Test(arguments: [2] as [UInt64])
    func `whatever happens, everything can be derived again`(seed: UInt64) async throws {
        let (bench, library) = (try LedgerBench(), Library())
        var traffic = RandomTraffic(bench.ledger, library, seed: seed)
        let now = try await traffic.run(steps: 160)
        // Also while the ledger is open for writing.
        try expectNothing(try library.check(bench.path))
        #expect(try bench.rows("SELECT count(*) > 80 FROM callback") == ["1"])
        #expect(try bench.rows("SELECT count(*) > 10 FROM poll WHERE outcome = 'applied'") == ["1"])
        #expect(try bench.rows("SELECT count(*) > 5 FROM instruction") == ["1"])

        // From here on with another schedule, which gives up soon.
        let path = try await bench.copy()
        var schedule = PollSchedule.everyMinute
        schedule.giveUpAfter = .seconds(60)
        schedule.steps = [.seconds(1)]
        let hasty = try LedgerBench.open(URL(filePath: path).deletingLastPathComponent(), schedule: schedule)
        var later = RandomTraffic(hasty, library, seed: seed + 100, from: now)
        _ = try await later.run(steps: 200)
        try await hasty.finish()
        try expectNothing(try library.check(path))
        let count = try await DatabaseQueue(path: path).read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM anomaly WHERE kind = 'unresolved'") ?? 0
        }
        #expect(count > 0)
    }

    /// Long enough for payments to be merged while their operations are being polled, each in every way.
    @Test(arguments: [21, 22, 23, 24] as [UInt64])
    func `five thousand steps can be derived again, and their entries add up`(seed: UInt64) async throws {
        let (bench, library) = (try LedgerBench(), Library())
        var traffic = RandomTraffic(bench.ledger, library, seed: seed)
        _ = try await traffic.run(steps: 1250)
        try expectNothing(try library.check(bench.path))
        #expect(try bench.rows(Self.unbalanced) == [])
        #expect(try bench.rows("SELECT count(*) > 40 FROM entries") == ["1"])
        #expect(try bench.rows("SELECT count(*) > 0 FROM payment WHERE merged_into IS NOT NULL") == ["1"])
        #expect(try bench.rows("SELECT count(*) > 0 FROM poll WHERE interrupted = 1") == ["1"])
    }

    /// A poll of a child, sent before its payment turned out to be a child itself, is answered afterwards.
    @Test func `an answer finds the operation in the payment that it has moved to`() async throws {
        let (bench, library) = (try LedgerBench(), Library())
        func receive(_ content: ReceivedCallback.Content, at seconds: Int64) async throws {
            let body = library.body("callback \(seconds)", saying: content)
            try await bench.record(content, String(decoding: body, as: UTF8.self), account: "ecc", at: seconds * 1000)
        }
        let refund = ReceivedCallback.Content.transaction(
            "refund",
            .refund,
            parent: "capture",
            word: "pending",
            .pending,
            amount: 200
        )
        try await receive(refund, at: 10)
        var poll: DuePoll?
        for _ in 0..<2 where poll?.entity.kind != "operation" {
            let besides = Set([poll?.id].compactMap(\.self))
            if case .poll(let due) = try await bench.ledger.due(
                of: "ecc",
                besides: besides,
                at: Timestamp(milliseconds: 400_000)
            ) {
                poll = due
            }
        }
        let asked = try #require(poll)
        #expect(asked.entity == .operation(id: "refund"))
        try await receive(.transaction("capture", .capture, parent: "root"), at: 401)
        try await receive(.transaction("root", .authorization), at: 402)
        #expect(try await bench.answer(asked, .notFound, at: 403) == .notFound)
        #expect(try bench.rows("SELECT payment_id, polls FROM payments") == ["root 1"])
        try expectNothing(try library.check(bench.path))
    }

    /// A checkout's data outlives the bodies that reported it, so it must be clear which payments took it from there.
    @Test func `a token that only late evidence names is the payment's, whatever is pruned`() async throws {
        let (bench, library) = (try LedgerBench(), Library())
        func receive(_ uid: String, token: String?, _ state: State = .succeeded, at seconds: Int64) async throws {
            guard
                case .report(var report) = ReceivedCallback.Content.transaction(uid, .payment, word: "\(state)", state)
            else {
                return
            }
            report.payment?.checkoutToken = token
            let body = library.body("callback \(seconds)", saying: .report(report))
            try await bench.record(
                .report(report),
                String(decoding: body, as: UTF8.self),
                account: "ecc",
                at: seconds * 1000
            )
        }
        try await receive("first", token: nil, at: 10)
        try await receive("first", token: "token", .pending, at: 20)
        try await receive("second", token: "token", at: 30)
        _ = try await bench.watch(
            .checkout(token: "token"),
            Payments.Expectation(reference: "cart", amount: 700, currency: "EUR"),
            account: "ecc",
            at: 40
        )
        #expect(
            try bench.rows("SELECT payment_id, state, checkout_token FROM payments ORDER BY payment_id")
                == ["first succeeded token", "second succeeded token"]
        )
        #expect(try bench.rows("SELECT effect FROM callbacks ORDER BY id") == ["applied", "late", "applied"])
        let path = try await bench.copy()
        let writer = try DatabaseQueue(path: path)
        try await writer.write { try $0.execute(sql: "UPDATE callback SET body = NULL WHERE id = 3") }
        try writer.close()
        try expectNothing(try library.check(path))
    }

    /// Payments whose entries do not add up to their balance, and to what they paid out, in their own currency and in
    /// any other; also names that turned out to be operations of another payment, which must have no entries.
    private static let unbalanced = """
        SELECT payment_id, total, balance_minor - paid_out_minor FROM (
            SELECT payment_id, balance_minor, paid_out_minor, captured_minor, refunded_minor, charged_back_minor,
                   (SELECT coalesce(sum(moved_minor), 0) FROM transition WHERE payment = payment.id
                    AND transition.currency IS payment.currency) AS total,
                   (SELECT coalesce(sum(moved_minor), 0) FROM transition WHERE payment = payment.id
                    AND transition.currency IS NOT payment.currency) AS foreign_total,
                   merged_into
            FROM payment)
        WHERE total <> balance_minor - paid_out_minor OR foreign_total <> 0
           OR balance_minor <> captured_minor - refunded_minor - charged_back_minor
           OR (merged_into IS NOT NULL AND total <> 0)
        """

    private func expectNothing(_ findings: RebuildReport, _ place: SourceLocation = #_sourceLocation) throws {
        #expect(
            findings.areNone,
            "\(findings.count), renumbered \(findings.renumbered): \(findings.differences.prefix(8))",
            sourceLocation: place
        )
    }

    static let tampering: [(sql: String, difference: Difference)] = [
        (
            "UPDATE payment SET state = 'failed' WHERE payment_id = 'EP-1'",
            Difference(table: "payment", key: "ecp/EP-1", column: "state", stored: "failed", derived: "refunded")
        ),
        (
            "UPDATE payment SET amount_minor = 1 WHERE payment_id = 'EP-1'",
            Difference(table: "payment", key: "ecp/EP-1", column: "amount_minor", stored: "1", derived: "5200")
        ),
        (
            "UPDATE payment SET updated_at = 0 WHERE payment_id = 'EP-1'",
            Difference(
                table: "payment",
                key: "ecp/EP-1",
                column: "updated_at",
                stored: "1970-01-01T00:00:00.000Z",
                derived: "1970-01-01T00:00:20.000Z"
            )
        ),
        (
            "UPDATE payment SET reconciliation = 'unresolved', next_poll_at = NULL WHERE payment_id = 'EP-2'",
            Difference(
                table: "payment",
                key: "ecp/EP-2",
                column: "reconciliation",
                stored: "unresolved",
                derived: "scheduled"
            )
        ),
        (
            "UPDATE account SET open_payments = open_payments + 1 WHERE name = 'ecc'",
            Difference(table: "account", key: "ecc", column: "open_payments", stored: "1", derived: "0")
        ),
        (
            "UPDATE operation SET code = 'x' WHERE operation_id = '501'",
            Difference(table: "operation", key: "ecp/EP-1/501", column: "code", stored: "x", derived: nil)
        ),
        (
            "DELETE FROM operation WHERE operation_id = '501'",
            Difference(table: "operation", key: "ecp/EP-1/501", column: nil, stored: nil, derived: "there")
        ),
        (
            "DROP TRIGGER transition_is_kept; DELETE FROM transition WHERE seq = 2",
            Difference(table: "transition", key: "callback:1 payment EP-1", column: nil, stored: nil, derived: "there")
        ),
        (
            "DROP TRIGGER transition_is_final; UPDATE transition SET to_state = 'failed' WHERE seq = 2",
            Difference(
                table: "transition",
                key: "callback:1 payment EP-1",
                column: "to_state",
                stored: "failed",
                derived: "succeeded"
            )
        ),
        (
            """
            INSERT INTO transition (account, payment, to_state, source, evidence, recorded_at)
            VALUES (1, 1, 'failed', 'callback', 1, 20000)
            """,
            Difference(table: "transition", key: "callback:1 payment EP-1", column: nil, stored: "there", derived: nil)
        ),
        (
            "UPDATE callback SET effect = 'late' WHERE id = 1",
            Difference(table: "callback", key: "callback:1", column: "effect", stored: "late", derived: "applied")
        ),
        (
            "UPDATE callback SET payment = NULL WHERE id = 1",
            Difference(table: "callback", key: "callback:1", column: "payment", stored: nil, derived: "EP-1")
        ),
        (
            "UPDATE poll SET rule = 7 WHERE id = 1",
            Difference(table: "poll", key: "poll:1", column: "rule", stored: "7", derived: "8")
        ),
        (
            "UPDATE anomaly SET closed_at = NULL, resolution = NULL WHERE kind = 'unknown_status'",
            Difference(
                table: "anomaly",
                key: "callback:3 unknown_status",
                column: "resolution",
                stored: nil,
                derived: "the gateway now uses words that we know"
            )
        ),
        (
            "DELETE FROM anomaly",
            Difference(
                table: "anomaly",
                key: "callback:3 unknown_status",
                column: nil,
                stored: nil,
                derived: "there"
            )
        ),
        (
            "UPDATE checkout SET finished = 1",
            Difference(table: "checkout", key: "ecc/token-1", column: "finished", stored: "1", derived: "0")
        ),
    ]

    @Test(arguments: tampering)
    func `what was tampered with is named, and mended`(sql: String, difference: Difference) async throws {
        let (path, library) = try await Self.ledger()
        try expectNothing(try library.check(path))
        let before = try Self.dump(path)
        let writer = try DatabaseQueue(path: path)
        try await writer.write { try $0.execute(sql: sql) }
        try writer.close()

        let findings = try library.check(path)
        #expect(findings.differences.contains(difference), "\(findings.differences)")
        #expect(findings.count <= 2)
        #expect(findings.renumbered == 0)
        #expect(try library.mend(path).differences == findings.differences)
        try expectNothing(try library.check(path))
        #expect(try Self.dump(path) == before, "even the numbers of rows, and every trigger that there was")
    }

    /// A refunded payment, one that was polled, one with an unknown word, one that is watched by its token.
    private static func ledger() async throws -> (path: String, Library) {
        let (bench, library) = (try LedgerBench(), Library())
        func callback(_ content: ReceivedCallback.Content, account: String = "ecp", at seconds: Int64) async throws {
            let name = "callback at \(seconds)"
            _ = library.body(name, saying: content)
            try await bench.record(content, name, account: account, at: seconds * 1000)
        }
        try await callback(.stated("success", .succeeded), at: 10)
        try await callback(
            .stated("refunded", .refunded, operation: "502", kind: .refund, at: 20),
            at: 20
        )
        try await callback(.stated("odd", .unknown, id: "EP-2", at: 30), at: 30)
        _ = try await bench.watch(.payment(id: "EP-3"), at: 40)
        _ = try await bench.watch(.checkout(token: "token-1"), account: "ecc", at: 41)
        try await callback(.undecodable("rubbish"), at: 50)
        let poll = try #require(try await bench.due(at: 101))
        #expect(poll.entity == .payment(id: "EP-2"))
        let answer = ReceivedCallback.Content.stated("processing", .pending, id: poll.entity.id, at: 100)
        library.learn(Array("an answer".utf8), try #require(answer.report))
        try await bench.answer(poll, answer.answer, at: 102)
        return (try await bench.copy(), library)
    }

    /// All contents, except for the next polls.
    private static func dump(_ path: String) throws -> [String] {
        let reader = try DatabaseQueue(path: path)
        defer { try? reader.close() }  // The file is thrown away after the test.
        return try reader.read { database in
            let tables = [
                "payment", "operation", "checkout", "subscription", "transition", "anomaly", "callback", "poll",
            ]
            let rows = try tables.flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { row in
                    "\(table) " + row.filter { $0.0 != "next_poll_at" }.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
                }
            }
            return rows.sorted()
        }
    }

    @Test func `the numbers of transitions that move are told, and the feed is written anew`() async throws {
        let (path, library) = try await Self.ledger()
        let count = try library.check(path).transitions
        // A newer decoder understands what the previous one did not.
        let content = ReceivedCallback.Content.stated("success", .succeeded, id: "EP-9", at: 50)
        library.learn(Array("callback at 50".utf8), try #require(content.report))
        let findings = try library.check(path)
        #expect(findings.renumbered == 2, "the answer's")
        #expect(findings.differences.map(\.table).contains("payment"))
        #expect(
            findings.differences.contains(
                Difference(
                    table: "callback",
                    key: "callback:4",
                    column: "effect",
                    stored: "undecodable",
                    derived: "applied"
                )
            )
        )
        _ = try library.mend(path)
        try expectNothing(try library.check(path))
        let reader = try LedgerReader(at: .file(path: path))
        #expect(try reader.standings().contains { $0.paymentID == "EP-9" && $0.state == .succeeded })
        #expect(try Set(reader.standings()) == Set(reader.foldOfTransitions()))
        #expect(try library.check(path).transitions == count + 2)
        // The next one takes the next number.
        let again = try LedgerBench.open(URL(filePath: path).deletingLastPathComponent())
        try await again.probe(at: Timestamp(milliseconds: 0))
        try await again.finish()
    }

    @Test func `history stays append-only afterwards`() async throws {
        let (path, library) = try await Self.ledger()
        let writer = try DatabaseQueue(path: path)
        try await writer.write { try $0.execute(sql: "UPDATE payment SET state = 'failed'") }
        #expect(try library.mend(path).count == 3)
        for sql in [
            "DELETE FROM transition", "UPDATE transition SET seq = seq + 100", "UPDATE poll SET outcome = 'late'",
            "UPDATE instruction SET given_at = 0", "DELETE FROM callback",
        ] {
            await #expect(throws: DatabaseError.self, "\(sql)") { try await writer.write { try $0.execute(sql: sql) } }
        }
        try writer.close()
    }

    @Test func `what a person closed about a callback without a payment stays closed, once its body is emptied`()
        async throws
    {
        let (bench, library) = (try LedgerBench(), Library())
        try await bench.record(.undecodable("rubbish", naming: nil), "rubbish")
        _ = try await bench.ledger.acknowledge(1, note: "looked at", at: Timestamp(milliseconds: 2000))
        try await bench.record(.stated("success", .succeeded))
        library.learn(
            Array("\(ReceivedCallback.Content.stated("success", .succeeded))".utf8),
            try #require(ReceivedCallback.Content.stated("success", .succeeded).report)
        )
        let path = try await bench.copy()
        let writer = try DatabaseQueue(path: path)
        try await writer.write { try $0.execute(sql: "UPDATE callback SET body = NULL WHERE id = 1") }
        try writer.close()
        try expectNothing(try library.check(path))
    }

    @Test func `an alarm that a person closed is no obstacle once a newer version knows what it was about`()
        async throws
    {
        let (bench, library) = (try LedgerBench(), Library())
        let body = Array("hologram".utf8)
        try await bench.record(.stated("hologram", .unknown), "hologram")
        #expect(try bench.rows("SELECT kind FROM anomalies") == ["unknown_status"])
        _ = try await bench.ledger.acknowledge(1, note: "looked at", at: Timestamp(milliseconds: 2000))
        library.learn(body, try #require(ReceivedCallback.Content.stated("hologram", .succeeded).report))
        let path = try await bench.copy()
        #expect(try library.mend(path).count > 0)
        try expectNothing(try library.check(path))
    }

    @Test func `what a body was emptied of is held against its transitions, and mended by them`() async throws {
        let (bench, library) = (try LedgerBench(), Library())
        var traffic = RandomTraffic(bench.ledger, library, seed: 77)
        _ = try await traffic.run(steps: 200)
        let path = try await bench.copy()
        let writer = try DatabaseQueue(path: path)
        try await writer.write { database in
            try database.execute(sql: "UPDATE callback SET body = NULL WHERE id % 40 = 0")
            try database.execute(sql: "UPDATE poll SET body = NULL WHERE id % 40 = 0")
        }
        let findings = try library.check(path)
        try expectNothing(findings)
        #expect(findings.folded > 0 && findings.folded < findings.payments)

        let state = try await writer.read { database in
            try String.fetchOne(
                database,
                sql: """
                    SELECT payment_id FROM payment JOIN account ON account.id = payment.account WHERE merged_into IS NULL
                    AND payment.id IN (SELECT payment FROM callback WHERE body IS NULL) LIMIT 1
                    """
            )
        }
        let payment = try #require(state)
        let before = try Self.dump(path)
        try await writer.write {
            try $0.execute(
                sql: """
                    UPDATE payment SET state = iif(state = 'failed', 'expired', 'failed'), status = 'x', amount_minor = -1,
                        refunded_minor = -1 WHERE payment_id = ?
                    """,
                arguments: [payment]
            )
            try $0.execute(
                sql: """
                    UPDATE operation SET status = 'x'
                    WHERE payment = (SELECT payment FROM callback WHERE body IS NULL AND payment IN (
                        SELECT payment FROM operation) LIMIT 1)
                    """
            )
        }
        try writer.close()
        let differences = try library.check(path).differences
        let columns = ["status", "state", "amount_minor", "refunded_minor"]
        #expect(differences.filter { $0.table == "payment" }.map(\.column) == columns)
        #expect(differences.first?.key.hasSuffix("/" + payment) == true)
        #expect(differences.contains { $0.table == "operation" })
        #expect(try library.mend(path).differences == differences)
        try expectNothing(try library.check(path))
        #expect(try Self.dump(path) == before)
    }

    @Test func `what lost its body and its transitions cannot be told, and is not touched`() async throws {
        let (path, library) = try await Self.ledger()
        let writer = try DatabaseQueue(path: path)
        try await writer.write {
            try $0.execute(
                sql: """
                    UPDATE callback SET body = NULL WHERE id = 1;
                    DROP TRIGGER transition_is_kept;
                    DELETE FROM transition WHERE payment = 1 AND operation_id IS NULL
                    """
            )
        }
        try writer.close()
        let before = try Self.dump(path)
        for attempt in [library.check, library.mend] {
            let error = #expect(throws: RebuildError.self) { _ = try attempt(path) }
            #expect(error?.description.contains("no transition gives its state") == true)
        }
        #expect(try Self.dump(path) == before)
    }

    @Test func `an older schema is not upgraded in passing`() async throws {
        let (path, library) = try await Self.ledger()
        let writer = try DatabaseQueue(path: path)
        let version = try await writer.write { database in
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            try database.execute(sql: "PRAGMA user_version = 0")
            return version
        }
        try writer.close()
        for attempt in [library.check, library.mend] {
            let error = #expect(throws: RebuildError.self) { _ = try attempt(path) }
            #expect(error?.description.contains("this paystate needs \(version)") == true)
        }
    }

    @Test func `what is held by a daemon is not mended, and what is not there is not made`() async throws {
        let bench = try LedgerBench()
        let library = Library()
        #expect(throws: RebuildError.self) { _ = try library.mend(bench.path) }
        let nowhere = bench.folder.appending(path: "nothing.db").path
        #expect(throws: RebuildError.self) { _ = try library.mend(nowhere) }
        #expect(throws: RebuildError.self) { _ = try library.check(nowhere) }
        #expect(!FileManager.default.fileExists(atPath: nowhere))
    }

    @Test func `every column of what is derived is compared, or known not to be`() throws {
        let bench = try LedgerBench()
        for (table, columns) in Rebuild.columns {
            let known = try bench.rows("SELECT name FROM pragma_table_info(?)", [table])
            #expect(Set(columns) == Set(known), "\(table)")
            #expect(columns.count == known.count, "\(table)")
        }
        #expect(Rebuild.columns.count == 10)
    }
}

extension ReceivedCallback.Content {
    fileprivate var report: Report? {
        switch self {
        case .report(let report), .unproven(let report): report
        case .undecodable: nil
        }
    }
}

extension LedgerBench {
    /// Closes the ledger, and copies it to where it is not held.
    func copy() async throws -> String {
        try await ledger.finish()
        let copy = folder.appending(path: "copy")
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        let target = copy.appending(path: "paystate.db").path
        try FileManager.default.copyItem(atPath: path, toPath: target)
        return target
    }
}
