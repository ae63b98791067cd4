import Foundation
import Ledger
import Narration
import Payments
import TestSupport
import Testing
import paystate

/// `paystate payments`: which payments it lists, and how wide.
@Suite struct PaymentListTests {
    static let uid = "8505c604-5656-4b3d-ae65-a034ba10c126"

    @Test func `the list fits 80 columns, and says how to see what was shortened`() async throws {
        let bench = try await Self.bench()
        let list = try await ProgramRun.paystate(["payments", "--database", bench.database])
        #expect(list.status == 0, "\(list.errors)")
        #expect(
            list.output == """
                UPDATED (UTC)     PAYMENT               STATE      AMOUNT     REFERENCE  ACCOUNT
                2026-11-22 10:01  8505c604-5…4ba10c126  succeeded  5.00 USD   order-9    by-shop
                2026-11-22 10:00  ORDER-17              pending    52.00 EUR  ORDER-17   eu-shop
                Long values are shortened: --wide shows all columns in full.

                """
        )
    }

    @Test func `where nothing is shortened nothing is said of it, and one account is not named`() async throws {
        let bench = try await Self.bench()
        let list = try await ProgramRun.paystate(["payments", "--database", bench.database, "--account", "eu-shop"])
        #expect(
            list.output == """
                UPDATED (UTC)     PAYMENT   STATE    AMOUNT     REFERENCE
                2026-11-22 10:00  ORDER-17  pending  52.00 EUR  ORDER-17

                """
        )
    }

    @Test func `wide shows everything in full`() async throws {
        let bench = try await Self.bench()
        let list = try await ProgramRun.paystate(["payments", "--wide", "--limit", "1", "--database", bench.database])
        let lines = list.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 3, "\(list.output)")
        #expect(
            lines[0].split(separator: " ").joined(separator: " ")
                == "UPDATED ACCOUNT PAYMENT REFERENCE STATE STATUS AMOUNT NEXT POLL"
        )
        #expect(lines[1].hasPrefix("2026-11-22T10:01:00.000Z  by-shop  \(Self.uid)  order-9    succeeded  "))
        #expect(lines[2] == "The newest 1 are shown; --limit shows more.")
    }

    @Test(arguments: [80, 60, 200])
    func `however long the names are, no line is too wide, and every column is aligned`(_ width: Int) async throws {
        let bench = try StoryBench()
        for (number, length) in [3, 20, 70, 120].enumerated() {
            let id = "P\(number)" + String(repeating: "x", count: length)
            let report = Report.stated("refunded in part", .partiallyRefunded, id: id, operation: "50\(number)", at: 0)
            try await bench.callback(.report(report), at: Double(number))
        }
        let sale = Report.transaction(Self.uid, .payment, type: "payment", amount: 12_300, at: 9)
        try await bench.callback(.report(sale), at: 10, account: "by-shop")
        let table = PaymentTable(try Self.rows(of: bench), width: width)
        #expect(table.isShortened)
        let lines = table.text(colours: false).split(separator: "\n").map { String($0) }
        try #require(lines.count == 6)
        let state = try #require(lines[0].range(of: "  STATE"))
        let column = lines[0].distance(from: lines[0].startIndex, to: state.lowerBound)
        for line in lines {
            #expect(line.count <= width, "\(line)")
            #expect(line.dropFirst(column).hasPrefix("  ") && !line.dropFirst(column).hasPrefix("   "), "\(line)")
        }
        #expect(lines.dropFirst(2).allSatisfy { $0.contains("  partially_refunded  52.00 EUR") })
    }

    @Test(
        arguments: [
            (["--reference", "order-9"], [uid]), (["--reference", "ORDER-17"], ["ORDER-17"]),
            (["--reference", "order-8"], ["W-1"]), (["--reference", "order-9", "--account", "eu-shop"], []),
            (["--reference", "nothing"], []), (["--since", "2026-11-22T10:01:00Z"], [uid]),
            (["--since", "2026-11-22 10:01"], [uid]), (["--since", "2026-11-22T13:01:00+03:00"], [uid]),
            (["--since", "2026-11-22", "--state", "pending"], ["ORDER-17"]), (["--since", "9999-01-01"], []),
            (["--since", "36500d", "--limit", "1"], [uid]),
        ] as [([String], [String])]
    )
    func `payments are found by reference and by the time of their change`(_ options: [String], _ expected: [String])
        async throws
    {
        let bench = try await Self.bench()
        try await bench.instruct(.watch(Expectation(reference: "order-8")), .payment(id: "W-1"), at: 3)
        let list = try await ProgramRun.paystate(["payments", "--json", "--database", bench.database] + options)
        #expect(list.status == 0, "\(list.errors)")
        let rows = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
        #expect(rows?.compactMap { $0["payment_id"] as? String } == expected)
    }

    @Test func `a checkout's token finds the payment that it led to`() async throws {
        let bench = try StoryBench()
        var report = Report.transaction(Self.uid, .payment, type: "payment", at: 1)
        report.payment?.checkoutToken = "t0k3n"
        try await bench.callback(.report(report), at: 1, account: "by-shop")
        let filter = PaymentFilter(
            account: nil,
            state: nil,
            isOverdue: false,
            reference: "t0k3n",
            now: StoryBench.time(2),
            limit: 10
        )
        let reader = try LedgerReader(at: .file(path: bench.database))
        #expect(try reader.payments(filter).map { $0.text("payment_id") } == [Self.uid])
    }

    @Test(arguments: ["yesterday", "2026-13-01", "2h ago", "-2h"])
    func `a time that cannot be meant is a usage error that says what to write`(_ time: String) async throws {
        let list = try await ProgramRun.paystate(["payments", "--since=\(time)", "--database", "/nowhere/paystate.db"])
        #expect(list.status == 64)
        #expect(list.errors.contains("write 2026-11-27T08:00:00Z, 2026-11-27, or how long ago, such as 2h or 7d"))
    }

    @Test(arguments: [["payments"], ["payments", "--json"], ["show", "ORDER-17"], ["alarms"]])
    func `an account that is not there is a usage error that names those that are`(_ command: [String]) async throws {
        let bench = try await Self.bench()
        let options = ["--database", bench.database, "--account"]
        let near = try await ProgramRun.paystate(command + options + ["eu-shp"])
        #expect(near.status == 64)
        #expect(near.output == "")
        let names = "the database has: by-shop, eu-shop\n"
        #expect(near.errors == "there is no account «eu-shp» (did you mean eu-shop?); \(names)")
        let far = try await ProgramRun.paystate(command + options + ["nowhere"])
        #expect(far.status == 64)
        #expect(far.errors == "there is no account «nowhere»; \(names)")
    }

    /// A payment at each of two gateways, the second a minute later.
    private static func bench() async throws -> StoryBench {
        let bench = try StoryBench()
        try await bench.callback(.report(.stated("processing", .pending, at: 0)), at: 1)
        let sale = Report.transaction(uid, .payment, type: "payment", at: 59)
        try await bench.callback(.report(sale), at: 60, account: "by-shop")
        return bench
    }

    private static func rows(of bench: StoryBench) throws -> [ViewRow] {
        try LedgerReader(at: .file(path: bench.database)).payments(
            PaymentFilter(account: nil, state: nil, isOverdue: false, now: StoryBench.time(0), limit: 100)
        )
    }
}
