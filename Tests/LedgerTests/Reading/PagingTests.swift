import Ledger
import Payments
import TestSupport
import Testing

/// Lists are read in pages, from indexes, and say how far they have looked.
@Suite struct PagingTests {
    /// Payments of one account, one every second.
    private static func bench(_ count: Int64) async throws -> LedgerBench {
        let bench = try LedgerBench()
        for number in 1...count {
            try await bench.record(.stated("success", .succeeded, id: "EP-\(number)"), "\(number)", at: number * 1000)
        }
        return bench
    }

    private static func search(
        _ text: String? = nil,
        before: PageKey? = nil,
        limit: Int = 3,
        _ adapt: (inout PaymentSearch) -> Void = { _ in }
    ) -> PaymentSearch {
        var search = PaymentSearch(text: text, before: before, limit: limit, now: Timestamp(milliseconds: 100_000))
        adapt(&search)
        return search
    }

    private static func ids(_ page: Page) -> [String] { page.rows.map { $0.text("payment_id") } }

    @Test func `the pages together have every payment once, the newest first`() async throws {
        let bench = try await Self.bench(10)
        let reader = try bench.ledger.makeReader()
        var pages: [[String]] = []
        var key: PageKey?
        repeat {
            let page = try await reader.payments(Self.search(before: key))
            pages.append(Self.ids(page))
            key = page.next.flatMap { PageKey($0.description) }
        } while key != nil
        #expect(pages.map(\.count) == [3, 3, 3, 1])
        #expect(pages.flatMap { $0 } == (1...10).reversed().map { "EP-\($0)" })
    }

    @Test func `a payment that changes meanwhile is not repeated, and nothing else is missed`() async throws {
        let bench = try await Self.bench(6)
        let reader = try bench.ledger.makeReader()
        let first = try await reader.payments(Self.search())
        try await bench.record(.stated("refunded", .refunded, id: "EP-2", at: 20), "refund", at: 50_000)
        try await bench.record(.stated("refunded", .refunded, id: "EP-5", at: 20), "again", at: 51_000)
        let second = try await reader.payments(Self.search(before: first.next))
        #expect(Self.ids(first) == ["EP-6", "EP-5", "EP-4"])
        #expect(Self.ids(second) == ["EP-3", "EP-1"], "EP-2 stands at the top of a new list")
        #expect(try await Self.ids(reader.payments(Self.search())) == ["EP-5", "EP-2", "EP-6"])
    }

    @Test func `payments of one moment are told apart by their numbers`() async throws {
        let bench = try LedgerBench()
        for number in 1...5 {
            try await bench.record(.stated("success", .succeeded, id: "EP-\(number)"), "\(number)", at: 1000)
        }
        let reader = try bench.ledger.makeReader()
        let first = try await reader.payments(Self.search())
        let second = try await reader.payments(Self.search(before: first.next))
        #expect(Set(Self.ids(first) + Self.ids(second)).count == 5)
        #expect(second.next == nil)
    }

    @Test func `a filter takes what it names`() async throws {
        let bench = try await Self.bench(3)
        try await bench.record(.stated("declined", .failed, id: "EP-9"), "declined", at: 9000)
        let reader = try bench.ledger.makeReader()
        func found(_ adapt: (inout PaymentSearch) -> Void) async throws -> [String] {
            try await Self.ids(reader.payments(Self.search { adapt(&$0) }))
        }
        #expect(try await found { $0.state = .failed } == ["EP-9"])
        #expect(try await found { $0.isPaid = true } == ["EP-3", "EP-2", "EP-1"])
        #expect(try await found { $0.isPaid = false } == ["EP-9"])
        #expect(try await found { $0.account = "ecc" } == [])
        #expect(try await found { $0.purpose = .payout } == [])
        #expect(try await found { $0.isTest = true } == [])
        #expect(try await found { $0.isTest = false }.count == 3)
        #expect(try await found { $0.reference = "EP-2" } == ["EP-2"])
        #expect(
            try await found {
                $0.from = Timestamp(milliseconds: 2000)
                $0.to = Timestamp(milliseconds: 3000)
            } == ["EP-2"]
        )
    }

    @Test func `what a poll is overdue for is found by its index`() async throws {
        let bench = try await Self.bench(2)
        try await bench.record(.stated("processing", .pending, id: "EP-7"), "pending", at: 7000)
        let reader = try bench.ledger.makeReader()
        for (now, expected) in [(0, []), (10_000_000, ["EP-7"])] as [(Int64, [String])] {
            let search = Self.search {
                $0.isOverdue = true
                $0.now = Timestamp(milliseconds: now)
            }
            #expect(try await Self.ids(reader.payments(search)) == expected)
        }
    }

    @Test(arguments: ["EP-4", "501"])
    func `a name is found as a payment's or an operation's`(text: String) async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded, id: "EP-4"), at: 1000)
        let reader = try bench.ledger.makeReader()
        #expect(try await Self.ids(reader.payments(Self.search(text))) == ["EP-4"])
        #expect(try await Self.ids(reader.payments(Self.search("nobody's"))) == [])
    }

    @Test func `four digits are a name first, and then a card`() async throws {
        let bench = try await Self.bench(4)
        try await bench.record(.stated("success", .succeeded, id: "1234"), "named", at: 500)
        try bench.tamper("UPDATE payment SET card_last_4 = '1234'")
        let reader = try bench.ledger.makeReader()
        var pages: [[String]] = []
        var key: PageKey?
        repeat {
            let page = try await reader.payments(Self.search("1234", before: key, limit: 2))
            pages.append(Self.ids(page))
            key = page.next.flatMap { PageKey($0.description) }
        } while key != nil
        #expect(pages == [["1234", "EP-4"], ["EP-3", "EP-2"], ["EP-1"]])
    }

    @Test(arguments: ["", "1", "c", "1.2.3", "x.1", "1.+2", "01.2", "1.2 "])
    func `a place that nobody was given is none`(text: String) {
        #expect(PageKey(text) == nil)
    }

    @Test func `the feed says up to where it has looked, whoever's rows they are`() async throws {
        let bench = try await Self.bench(3)
        let reader = try bench.ledger.makeReader()
        let all = try await reader.transitions(after: 0, account: nil, limit: 200)
        #expect(all.rows.count > 3)
        #expect(all.upTo == Int64(all.rows.count), "seq has no gaps")
        let others = try await reader.transitions(after: 0, account: "ecc", limit: 200)
        #expect(others.rows.isEmpty)
        #expect(others.upTo == all.upTo)
        let part = try await reader.transitions(after: 1, account: "ecp", limit: 2)
        #expect(part.rows.map { $0["seq"] } == [.integer(2), .integer(3)])
        #expect(part.upTo == 3)
        #expect(try await reader.entries(after: 0, account: nil, limit: 200).rows.count == 3)
        #expect(try await reader.transitions(after: 1_000_000, account: nil, limit: 1).upTo == 1_000_000)
    }

    @Test func `callbacks, anomalies and refused requests are listed without bodies, the newest first`() async throws {
        let bench = try await Self.bench(5)
        try await bench.record(.stated("teleported", .unknown, id: "EP-8"), "teleported", at: 8000)
        let reader = try bench.ledger.makeReader()
        let first = try await reader.callbacks(account: "ecp", effect: nil, verdict: nil, before: nil, limit: 4)
        let second = try await reader.callbacks(account: "ecp", effect: nil, verdict: nil, before: first.next, limit: 4)
        #expect((first.rows + second.rows).map { $0.text("id") } == ["6", "5", "4", "3", "2", "1"])
        #expect(!first.rows.contains { $0.columns.contains { $0.name == "body" } })
        let late = try await reader.callbacks(account: nil, effect: "late", verdict: nil, before: nil, limit: 4)
        #expect(late.rows.isEmpty)
        for openOnly in [true, false] {
            let anomalies = try await reader.anomalies(
                openOnly: openOnly,
                severity: .alarm,
                kind: "unknown_status",
                account: "ecp",
                before: nil,
                limit: 4
            )
            #expect(anomalies.rows.map { $0.text("payment_id") } == ["EP-8"])
        }
        #expect(try await reader.rejected(account: nil, reason: nil, before: nil, limit: 4).rows.isEmpty)
        #expect(try await reader.subscriptions(account: nil, state: nil, before: nil, limit: 4).rows.isEmpty)
    }

    @Test func `a body is read with its account, and is nil where there is no such row`() async throws {
        let bench = try await Self.bench(1)
        let reader = try bench.ledger.makeReader()
        let found = try #require(try await reader.body(ofCallback: 1))
        #expect(found.account == "ecp")
        #expect(found.body == Array("1".utf8))
        #expect(try await reader.body(ofCallback: 2)?.account == nil)
        #expect(try await reader.body(ofPoll: 1)?.account == nil)
    }

    @Test func `an hour shows what came in it, and what is usual once three weeks are known`() async throws {
        let bench = try LedgerBench()
        let hour: Int64 = 1000
        for (past, callbacks) in [(168, 10), (336, 20), (504, 30), (672, 40), (1, 7)] as [(Int64, Int)] {
            try bench.tamper(
                """
                INSERT INTO hour (hour, account, callbacks, longest_silence, changes, found_by_poll)
                SELECT \(hour - past), id, \(callbacks), 0, 0, 0 FROM account WHERE name = 'ecp'
                """
            )
        }
        try await bench.record(.stated("success", .succeeded), at: hour * 3_600_000 + 5)
        let reader = try bench.ledger.makeReader()
        let rows = try await reader.callbackHours(since: Timestamp(milliseconds: (hour - 1) * 3_600_000))
            .filter { $0.text("account") == "ecp" }
        #expect(rows.map { $0["callbacks"] } == [.integer(7), .integer(1)])
        #expect(rows.map { $0.text("usual_mean") } == ["", "25"])
        #expect(rows.last?["usual_min"] == .integer(10))
        #expect(rows.last?["usual_max"] == .integer(40))
        #expect(rows.last?.text("hour") == "1970-02-11T16:00:00.000Z")
    }
}
