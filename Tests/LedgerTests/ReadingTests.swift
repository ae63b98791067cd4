import Foundation
import GRDB
import Testing

/// The queries that the README shows and Datasette offers, asked of a shop whose history is known.
@Suite struct ReadingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    private static let queries = root.appending(path: "systemd/reading/queries")
    private static let names = [
        "alarms", "daily-totals", "found-by-asking", "is-it-paid", "paid-twice", "what-changed", "what-waits", "why",
    ]

    @Test func `the README shows the queries as they are, and names them all`() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let start = try #require(readme.range(of: "\n## Reading the database\n"))
        let end = try #require(readme.range(of: "\n## ", range: start.upperBound..<readme.endIndex))
        let chapter = String(readme[start.upperBound..<end.lowerBound])
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
        ("ORDER-1", ["ecp partially_refunded 1 5200 1500 EUR 1 - 0 ORDER-1"]),
        ("ORDER-2", ["ecp failed 0 0 0 EUR 1 - 0 ORDER-2"]),
        ("ORDER-3", ["ecp succeeded 1 90 0 JPY 1 - 0 ORDER-3"]),
        ("ORDER-6", ["ecp succeeded 0 5200 0 EUR 1 - 1 ORDER-6"]),
        ("ORDER-7", ["ecp pending 0 0 0 EUR 1 - 0 ORDER-7"]),
        ("order-9", ["ecc charged_back 0 500 0 USD 2 0 0 card-2"]),
        ("order-10", ["ecc succeeded 1 1000 0 USD 2 0 0 card-3"]),
        ("order-11", ["ecc succeeded 0 500 0 USD 1 1 0 test-1"]),
        ("order-12", ["ecc authorized 0 0 0 USD 1 0 0 held-1"]), ("order-13", ["ecc failed 0 0 0 USD 1 0 0 card-5"]),
        ("nobody's", []),
    ])
    func `an order is paid by real money that is still there`(_ reference: String, _ expected: [String]) async throws {
        let bench = try await Bench.withShop()
        #expect(try bench.rows(Self.text(of: "is-it-paid"), ["reference": reference]) == expected)
    }

    @Test func `a day's totals are what moved on it, by account and currency`() async throws {
        let bench = try await Bench.withShop()
        let expected = [
            "2024-06-03 ecc USD -1 -500 0 500 -1000 -10.00", "2024-06-03 ecp EUR 0 0 500 0 -500 -5.00",
            "2024-06-02 ecc USD 3 1500 0 0 1500 15.00", "2024-06-02 ecp EUR 1 5200 1000 0 4200 42.00",
            "2024-06-01 ecc USD 1 500 0 0 500 5.00", "2024-06-01 ecp EUR 3 15600 0 0 15600 156.00",
            "2024-06-01 ecp JPY 1 90 0 0 90 90",
        ]
        let totals = try Self.text(of: "daily-totals")
        #expect(try bench.rows(totals, ["from": nil]) == expected)
        #expect(try bench.rows(totals, ["from": "2024-06-02"]) == Array(expected.prefix(4)))
    }

    @Test func `all days together are what the payments hold now`() async throws {
        let bench = try await Bench.withShop()
        let days = try Self.text(of: "daily-totals").replacing(";", with: "")
        let sums = try bench.rows(
            "SELECT account, currency, sum(net_minor) FROM (\(days)) GROUP BY account, currency",
            ["from": nil]
        )
        let held = try bench.rows(
            """
            SELECT account, currency, sum(captured_minor - refunded_minor) FROM payments
            WHERE state IN ('succeeded', 'partially_refunded', 'refunded') AND test IS NOT 1 GROUP BY account, currency
            """
        )
        #expect(sums == held)
    }

    @Test func `what asking found first is told, and whether a callback came after all`() async throws {
        let bench = try await Bench.withShop()
        #expect(
            try bench.rows(Self.text(of: "found-by-asking")) == [
                "2024-06-02T10:01:40.000Z ecp ORDER-5 pending succeeded success poll:2 -",
                "2024-06-02T10:01:40.000Z ecp ORDER-4 pending succeeded success poll:1 2024-06-03T10:01:40.000Z",
            ]
        )
    }

    @Test func `what changed is the feed from a place on`() async throws {
        let bench = try await Bench.withShop()
        let changes = try bench.rows(Self.text(of: "what-changed"), ["seq": 2])
        let last = try #require(try bench.rows("SELECT max(seq) FROM transitions").first.flatMap { Int($0) })
        #expect(changes.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } } == Array(3...last))
        #expect(
            changes.first
                == "3 2024-06-01T10:01:40.000Z ecp ORDER-2 operation ORDER-2-payment-5200 - succeeded success 5200 - callback:2"
        )
        #expect(try bench.rows(Self.text(of: "what-changed"), ["seq": last]) == [])
    }

    @Test func `a payment's story is told in its order`() async throws {
        let bench = try await Bench.withShop()
        let why = try Self.text(of: "why").replacing(";", with: "")
        let story = try bench.rows("SELECT what FROM (\(why))", ["payment_id": "ORDER-4"])
        #expect(
            story == [
                "callback", "transition", "transition", "poll", "instruction", "transition", "transition", "callback",
            ]
        )
    }

    @Test func `what a person should look at is named`() async throws {
        let bench = try await Bench.withShop()
        let alarms = try bench.rows(Self.text(of: "alarms"))
        #expect(alarms.count == 1)
        #expect(alarms.first?.contains("amount_mismatch ecp ORDER-6") == true)
        #expect(try bench.rows(Self.text(of: "paid-twice")) == ["ecc order-10 2 1000 USD"])
        let waiting = try bench.rows("SELECT payment_id FROM (\(Self.text(of: "what-waits").replacing(";", with: "")))")
        #expect(Set(waiting) == ["ORDER-7", "ORDER-2", "card-1", "card-5", "held-1"])
    }

    @Test(arguments: names)
    func `a query says so if it reads everything, and is steps in an index else`(_ name: String) throws {
        let sql = try Self.text(of: name)
        let arguments: [String: String] = ["reference": "x", "seq": "1", "payment_id": "x", "from": "x"]
        let taken = arguments.filter { sql.contains(":\($0.key)") }
        let plan = try Bench().rows("EXPLAIN QUERY PLAN \(sql)", StatementArguments(taken))
        let scans = plan.filter { line in
            ["payment", "operation", "callback", "transition", "checkout", "anomaly", "poll"].contains {
                line.hasSuffix("SCAN \($0)")
            }
        }
        #expect(scans.isEmpty != sql.contains("Reads every"), "\(plan)")
    }

    @Test func `sums can be written by the currency's exponent`() throws {
        let currencies = try Bench().rows("SELECT * FROM currencies WHERE code IN ('EUR', 'JPY', 'KWD') ORDER BY code")
        #expect(currencies == ["EUR 2 100", "JPY 0 1", "KWD 3 1000"])
    }

    private static func text(of name: String) throws -> String {
        try String(contentsOf: queries.appending(path: "\(name).sql"), encoding: .utf8)
    }
}
