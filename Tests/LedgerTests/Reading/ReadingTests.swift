import Foundation
import GRDB
import TestSupport
import Testing

/// The queries that the documentation shows and Datasette offers, run on a shop whose history is known
/// (docs/reading-the-database.md).
@Suite struct ReadingTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
    private static let queries = root.appending(path: "systemd/reading/queries")
    private static let names = [
        "alarms", "books", "daily-totals", "found-by-asking", "is-it-paid", "paid-twice", "what-changed", "what-waits",
        "why",
    ]

    @Test(.enabled(if: !TestEngine.isPostgreSQL, "about the texts for SQLite"))
    func `the documentation shows the queries as they are, and names them all`() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/reading-the-database.md"), encoding: .utf8)
        let start = try #require(text.range(of: "\n## Reading the database\n"))
        let end = try #require(text.range(of: "\n## ", range: start.upperBound..<text.endIndex))
        let chapter = String(text[start.upperBound..<end.lowerBound])
        let shown = chapter.components(separatedBy: "```sql\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        let files = try Self.names.map { try Self.text(of: $0) }
        #expect(shown.filter { !files.contains($0) } == [])
        for (name, file) in zip(Self.names, files) {
            #expect(shown.contains(file) || chapter.contains("`\(name).sql`"), "\(name)")
        }
        let present = try FileManager.default.contentsOfDirectory(atPath: Self.queries.path).sorted()
        #expect(present == Self.names.map { "\($0).sql" })
    }

    @Test(arguments: [
        ("ORDER-1", ["ecp EUR 1 partially_refunded 5200 1500 0 3700 1 0 ORDER-1 -"]),
        ("ORDER-2", ["ecp EUR 0 failed 0 0 0 0 1 0 ORDER-2 -"]),
        ("ORDER-3", ["ecp JPY 1 succeeded 90 0 0 90 1 0 ORDER-3 -"]),
        (
            "ORDER-5",
            ["ecc USD 1 succeeded 500 0 0 500 1 0 card-6 -", "ecp EUR 1 succeeded 5200 0 0 5200 1 0 ORDER-5 -"]
        ),
        ("ORDER-6", ["ecp EUR 0 succeeded 5200 0 0 5200 1 0 ORDER-6 amount_mismatch"]),
        ("ORDER-7", ["ecp EUR 0 pending 0 0 0 0 1 0 ORDER-7 -"]),
        ("ORDER-10", ["ecp EUR 0 succeeded 6000 0 0 6000 1 0 ORDER-10 inconsistent_sums"]),
        ("ORDER-11", ["ecp EUR 0 succeeded 0 0 0 0 1 0 ORDER-11 -"]),
        ("order-9", ["ecc USD 0 charged_back 500 0 500 0 2 0 card-2 -"]),
        ("order-10", ["ecc USD 1 succeeded 1000 0 0 1000 2 0 card-3 -"]),
        ("order-11", ["ecc USD 0 succeeded 0 0 0 0 1 1 test-1 -"]),
        ("order-12", ["ecc USD 0 authorized 0 0 0 0 1 0 held-1 -"]),
        ("order-13", ["ecc USD 0 failed 0 0 0 0 1 0 card-5 -"]),
        ("nobody's", []),
    ])
    func `an order is paid by real money that is still there`(_ reference: String, _ expected: [String]) async throws {
        let bench = try await LedgerBench.withShop()
        #expect(try bench.rows(Self.text(of: "is-it-paid"), ["reference": reference]) == expected)
    }

    @Test func `a day's totals are what moved on it, by account and currency`() async throws {
        let bench = try await LedgerBench.withShop()
        let expected = [
            "2024-06-03 ecc USD 0 0 500 -500 -5.00 0", "2024-06-03 ecp EUR 0 500 0 -500 -5.00 0",
            "2024-06-02 ecc USD 2500 0 0 2500 25.00 0", "2024-06-02 ecp EUR 21800 1000 0 20800 208.00 700",
            "2024-06-01 ecc USD 1500 0 0 1500 15.00 0", "2024-06-01 ecp EUR 26000 0 0 26000 260.00 0",
            "2024-06-01 ecp JPY 90 0 0 90 90 0",
        ]
        let totals = try Self.text(of: "daily-totals")
        #expect(try bench.rows(totals, ["from": nil]) == expected)
        #expect(try bench.rows(totals, ["from": "2024-06-02"]) == Array(expected.prefix(4)))
    }

    @Test func `all days together are what the payments hold now`() async throws {
        let bench = try await LedgerBench.withShop()
        let days = try Self.text(of: "daily-totals").replacing(";", with: "")
        let sums = try bench.rows(
            """
            SELECT account, currency, sum(net_minor), sum(paid_out_minor) FROM (\(days)) AS day
            GROUP BY account, currency ORDER BY 1, 2
            """,
            ["from": nil]
        )
        let held = try bench.rows(
            """
            SELECT account, currency, sum(balance_minor), sum(paid_out_minor) FROM payments WHERE test IS DISTINCT FROM 1
            GROUP BY account, currency ORDER BY 1, 2
            """
        )
        #expect(sums == held)
    }

    @Test func `a day's totals hold what does not fit into 64 bits, and do not guess at a currency`() throws {
        let bench = try LedgerBench()
        try bench.tamper(
            """
            INSERT INTO payment (id, account, payment_id, purpose, state, held_minor, captured_minor, refunded_minor,
                                 charged_back_minor, paid_out_minor, balance_minor, first_seen_at, updated_at,
                                 last_source, held, reconciliation, attempt)
            VALUES (1, 1, 'BIG', 'purchase', 'succeeded', 0, 0, 0, 0, 0, 0, 1, 1, 'callback', 0, 'done', 0);
            INSERT INTO transition (seq, account, payment, to_state, source, evidence, kind, currency, moved_minor,
                                    recorded_at)
            VALUES (1, 1, 1, 'succeeded', 'callback', 1, 'capture', 'EUR', 9223372036854775807, 1),
                   (2, 1, 1, 'succeeded', 'callback', 1, 'capture', 'EUR', 9223372036854775807, 1),
                   (3, 1, 1, 'succeeded', 'callback', 1, 'refund', 'EUR', -9223372036854775808, 1),
                   (4, 1, 1, 'succeeded', 'callback', 1, 'refund_reversal', 'EUR', 1, 1),
                   (5, 1, 1, 'succeeded', 'callback', 1, 'capture', 'KWD', -5, 1),
                   (6, 1, 1, 'succeeded', 'callback', 1, 'capture', 'XXX', 7, 1);
            """
        )
        let totals = try bench.rows(Self.text(of: "daily-totals"), ["from": nil])
        let (most, bank) = ("9223372036854775807", "92233720368547758.07")
        // SQLite's sums stop at 64 bits, PostgreSQL's do not.
        let captured = TestEngine.isPostgreSQL ? "18446744073709551614" : most
        #expect(
            totals == [
                "1970-01-01 ecp EUR \(captured) \(most) 0 \(most) \(bank) 0", "1970-01-01 ecp KWD -5 0 0 -5 -0.005 0",
                "1970-01-01 ecp XXX 7 0 0 7 - 0",
            ]
        )
    }

    @Test func `what is to be booked are the entries of real money from a place on`() async throws {
        let bench = try await LedgerBench.withShop()
        let books = try Self.text(of: "books")
        let entries = try bench.rows(books, ["seq": 0])
        #expect(
            entries.first
                == "2 2024-06-01T10:01:40.000Z ecp ORDER-1 ORDER-1 ORDER-1-payment-5200 capture 5200 52.00 EUR "
                + "purchase 2024-06-01T10:01:40.000Z callback:1"
        )
        #expect(entries.contains { $0.contains(" ORDER-11-payout-700 payout -700 -7.00 EUR payout ") })
        #expect(!entries.contains { $0.contains("test-1") })
        #expect(try bench.rows(books, ["seq": 2]) == Array(entries.dropFirst()))
        let sums = """
            SELECT payment_id, sum(amount_minor) FROM (\(books.replacing(";", with: ""))) AS entry
            GROUP BY payment_id HAVING sum(amount_minor) <> 0 ORDER BY payment_id
            """
        let held = """
            SELECT payment_id, balance_minor - paid_out_minor FROM payments
            WHERE test IS DISTINCT FROM 1 AND balance_minor <> paid_out_minor ORDER BY payment_id
            """
        #expect(try bench.rows(sums, ["seq": 0]) == bench.rows(held))
    }

    @Test func `what asking found first is told, and whether a callback came after all`() async throws {
        let bench = try await LedgerBench.withShop()
        #expect(
            try bench.rows(Self.text(of: "found-by-asking")) == [
                "2024-06-02T10:01:40.000Z ecp ORDER-5 pending succeeded success capture 5200 poll:2 -",
                "2024-06-02T10:01:40.000Z ecp ORDER-4 pending succeeded success capture 5200 poll:1 "
                    + "2024-06-03T10:01:40.000Z",
            ]
        )
    }

    @Test func `what changed is the feed from a place on`() async throws {
        let bench = try await LedgerBench.withShop()
        let changes = try bench.rows(Self.text(of: "what-changed"), ["seq": 2])
        let last = try #require(try bench.rows("SELECT max(seq) FROM transitions").first.flatMap { Int($0) })
        #expect(changes.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } } == Array(3...last))
        #expect(
            changes.first
                == "3 2024-06-01T10:01:40.000Z ecp ORDER-2 ORDER-2 operation ORDER-2-payment-5200 - succeeded success "
                + "payment 5200 - EUR - callback:2"
        )
        #expect(try bench.rows(Self.text(of: "what-changed"), ["seq": last]) == [])
    }

    @Test func `a payment's story is told in its order`() async throws {
        let bench = try await LedgerBench.withShop()
        let why = try Self.text(of: "why").replacing(";", with: "")
        let story = try bench.rows("SELECT what FROM (\(why)) AS story", ["payment_id": "ORDER-4"])
        #expect(
            story == [
                "callback", "transition", "transition", "poll", "instruction", "transition", "transition", "callback",
            ]
        )
    }

    @Test func `what a person should look at is named`() async throws {
        let bench = try await LedgerBench.withShop()
        let alarms = try bench.rows(Self.text(of: "alarms"))
        #expect(alarms.count == 2)
        #expect(alarms.first?.contains("amount_mismatch ecp ORDER-6") == true)
        #expect(alarms.last?.contains("inconsistent_sums ecp ORDER-10") == true)
        let waits = try Self.text(of: "what-waits").replacing(";", with: "")
        let waiting = try bench.rows("SELECT id FROM (\(waits)) AS waiting")
        #expect(
            Set(waiting) == ["ORDER-7", "ORDER-2", "ORDER-10", "card-1", "card-5", "held-1", "erip-1", "token-1"]
        )
    }

    @Test func `an order is paid twice by several payments or sales or by too large a capture, not by renewals`()
        async throws
    {
        let bench = try await LedgerBench.withShop()
        let (second, third) = ("2024-06-02T10:01:40.000Z", "2024-06-03T10:01:40.000Z")
        #expect(
            try bench.rows(Self.text(of: "paid-twice")) == [
                "ORDER-5 several payments ecp ORDER-5 5200 EUR 5200 \(second)",
                "ORDER-5 several payments ecc card-6 500 USD 500 \(third)",
                "ORDER-10 more than was asked for ecp ORDER-10 6000 EUR 5200 \(second)",
                "ORDER-8 several sales ecp ORDER-8 10500 EUR 5300 \(second)",
                "order-10 several payments ecc card-3 500 USD 500 \(second)",
                "order-10 several payments ecc card-4 500 USD 500 \(second)",
            ]
        )
    }

    @Test(.enabled(if: !TestEngine.isPostgreSQL, "about SQLite's plans"), arguments: names)
    func `a query says so if it reads everything, and is steps in an index else`(_ name: String) throws {
        let sql = try Self.text(of: name)
        let arguments: [String: String] = ["reference": "x", "seq": "1", "payment_id": "x", "from": "x"]
        let taken = arguments.filter { sql.contains(":\($0.key)") }
        let plan = try LedgerBench().rows("EXPLAIN QUERY PLAN \(sql)", QueryArguments(taken))
        let scans = plan.filter { line in
            ["payment", "operation", "callback", "transition", "checkout", "anomaly", "poll"].contains {
                line.hasSuffix("SCAN \($0)")
            }
        }
        #expect(scans.isEmpty != sql.contains("Reads every"), "\(plan)")
    }

    @Test func `sums can be written by the currency's exponent`() throws {
        let sql = "SELECT * FROM currencies WHERE code IN ('EUR', 'JPY', 'KWD') ORDER BY code"
        let currencies = try LedgerBench().rows(sql)
        #expect(currencies == ["EUR 2 100", "JPY 0 1", "KWD 3 1000"])
    }

    /// Some queries have another text on a server.
    private static func text(of name: String) throws -> String {
        let own = root.appending(path: "systemd/reading/postgresql/\(name).sql")
        if TestEngine.isPostgreSQL, FileManager.default.fileExists(atPath: own.path) {
            return try String(contentsOf: own, encoding: .utf8)
        }
        return try String(contentsOf: queries.appending(path: "\(name).sql"), encoding: .utf8)
    }
}
