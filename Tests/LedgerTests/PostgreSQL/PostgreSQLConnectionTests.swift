import TestSupport
import Testing

@testable import Ledger

/// What goes to a server comes back as it was, and what goes wrong is told for what it is.
@Suite(.needsServer) struct PostgreSQLConnectionTests {
    @Test func `values of every kind come back as they went`() throws {
        let connection = try PostgreSQLConnection.open()
        let large = [UInt8](repeating: 0xA5, count: 256 << 10)
        let values: [(SQLValue, ColumnType)] = [
            (.null, .integer), (.null, .text), (.null, .blob), (.integer(0), .integer), (.integer(-1), .integer),
            (.integer(.max), .integer), (.integer(.min), .integer), (.text(""), .text),
            (.text("Zürich 東京 🧾"), .text), (.text("\u{FFFD}\u{FFFF}\u{10FFFF}"), .text),
            (.text("it's \\ \"so\"\n\r\t"), .text), (.blob([]), .blob), (.blob([0, 1, 0xFF, 0x27]), .blob),
            (.blob(large), .blob), (.text(String(repeating: "é", count: 128 << 10)), .text),
        ]
        for (number, (value, type)) in values.enumerated() {
            // Types differ, and a statement is prepared once.
            let row =
                switch type {
                case .integer: try connection.rows("SELECT ? AS integer", [value], types: [type])
                case .text: try connection.rows("SELECT ? AS text", [value], types: [type])
                case .blob, .any: try connection.rows("SELECT ? AS blob", [value], types: [type])
                }
            #expect(row.map(\.values) == [[value]], "the value number \(number)")
        }
        let all = try connection.rows(
            "SELECT ?3, ?1, ?2, ?1",
            [.integer(7), .text("seven"), .null],
            types: [.integer, .text, .blob]
        )
        #expect(all.map(\.values) == [[.null, .integer(7), .text("seven"), .integer(7)]])
    }

    @Test func `numbers of every width are integers, and so are booleans`() throws {
        let connection = try PostgreSQLConnection.open()
        let rows = try connection.rows(
            "SELECT CAST(-7 AS smallint), -70000, CAST(-7000000000 AS bigint), true, false, CAST(NULL AS boolean)"
        )
        #expect(
            rows == [[.integer(-7), .integer(-70_000), .integer(-7_000_000_000), .integer(1), .integer(0), .null]]
        )
    }

    @Test func `sums stop at the limits of 64 bits`() throws {
        let connection = try PostgreSQLConnection.open()
        let rows = try connection.rows(
            """
            SELECT sum(n), sum(-n), sum(n) - sum(n), sum(n - n + 5000), sum(n - n + 9999), sum(n - n - 10000),
                   sum(n) FILTER (WHERE n < 0), sum(n / 2) + 1
            FROM (VALUES (9223372036854775807), (9223372036854775807)) AS item (n)
            """
        )
        #expect(
            rows == [
                [
                    .integer(.max), .integer(.min), .integer(0), .integer(10_000), .integer(19_998), .integer(-20_000),
                    .null, .integer(.max),
                ]
            ]
        )
        let limits = try connection.rows(
            "SELECT CAST('9223372036854775806' AS numeric), CAST('-9223372036854775808' AS numeric), 100000000.000"
        )
        #expect(limits == [[.integer(.max - 1), .integer(.min), .integer(100_000_000)]])
        let error = #expect(throws: PostgreSQLError.self) { try connection.rows("SELECT 1.5") }
        #expect(error?.state == "42804", "half of something is no integer")
        #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
    }

    @Test func `what was sent after an error is passed over, and the connection goes on`() throws {
        let connection = try PostgreSQLConnection.open()
        let insertion: StaticString = "INSERT INTO item VALUES (2)"
        try connection.send("CREATE TEMPORARY TABLE item (number bigint)")
        try connection.sync()
        try connection.send("BEGIN")
        try connection.send("INSERT INTO item VALUES (1)")
        try connection.send("INSERT INTO item SELECT 1 / number - 1 FROM item WHERE number / 0 = 1")
        try connection.send(insertion)
        let error = #expect(throws: PostgreSQLError.self) { try connection.sync() }
        #expect(error?.state == "22012", "the first one, not what followed from it")
        #expect(!connection.isLost)
        try connection.rollBack()
        #expect(try connection.rows("SELECT count(*) FROM item") == [[.integer(0)]])
        try connection.sync()
        try connection.send(insertion)
        try connection.sync()
        #expect(try connection.rows("SELECT count(*) FROM item") == [[.integer(1)]])
    }

    @Test func `several queries are one round trip, each with its own rows`() throws {
        let connection = try PostgreSQLConnection.open()
        let queries = (1...300 as ClosedRange<Int64>).map { number in
            PostgreSQLConnection.Query(
                sql: "SELECT n FROM generate_series(1, ?) AS n",
                values: [.integer(number % 3)],
                types: [.integer]
            )
        }
        let results = try connection.rows(ofEach: queries)
        #expect(results.map(\.count) == (1...300).map { $0 % 3 })
        #expect(try connection.rows(ofEach: []).isEmpty)
    }

    @Test func `a server that does not answer in time is left`() throws {
        let connection = try PostgreSQLConnection.open(patience: .milliseconds(300))
        let start = ContinuousClock.now
        let error = #expect(throws: PostgreSQLError.self) { try connection.rows("SELECT pg_sleep(5) IS NULL") }
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(error?.state == nil && error?.endsConnection == true)
        #expect(connection.isLost)
        #expect(throws: PostgreSQLError.self) { try connection.send("SELECT 1") }
    }

    @Test func `a session that is ended is told as lost`() throws {
        let (connection, other) = (try PostgreSQLConnection.open(), try PostgreSQLConnection.open())
        let session = try connection.rows("SELECT pg_backend_pid()")[0][0]
        let ended = try other.rows(
            "SELECT pg_terminate_backend(CAST(? AS integer), 5000)",
            [session],
            types: [.integer]
        )
        #expect(ended.map(\.values) == [[.integer(1)]])
        let error = #expect(throws: PostgreSQLError.self) { try connection.rows("SELECT 1") }
        #expect(error?.endsConnection == true && error?.isTransient == true)
    }

    @Test func `the character U+0000 is refused as a value, and concerns nothing else`() throws {
        let connection = try PostgreSQLConnection.open()
        let error = #expect(throws: PostgreSQLError.self) {
            try connection.rows("SELECT ?", [.text("a\u{0}b")], types: [.text])
        }
        #expect(error?.state == "22021")
        guard let error, case .refused = WriteFailure(error) else {
            Issue.record("it is a fault of the item")
            return
        }
        try connection.rollBack()
        #expect(try connection.rows("SELECT 1") == [[.integer(1)]])
    }

    @Test func `who cannot be reached is named, and at once`() {
        let start = ContinuousClock.now
        let error = #expect(throws: PostgreSQLError.self) {
            _ = try PostgreSQLConnection(
                to: PostgreSQLAddress(url: "postgresql:///paystate?host=/nowhere", password: nil),
                canWrite: true,
                setup: "",
                patience: .seconds(1),
                api: LibPQ.shared.get()
            )
        }
        #expect(error?.message.contains("/nowhere") == true)
        #expect(ContinuousClock.now - start < .seconds(3))
    }
}
