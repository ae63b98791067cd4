import Foundation
import Ledger
import Payments
import TestSupport
import Testing
import paystate

/// `paystate alarms`: what is open, what was settled, and what to do.
@Suite struct AlarmListTests {
    @Test func `where nothing is open it says so`() async throws {
        let bench = try StoryBench()
        try await bench.callback(.report(.stated("processing", .pending, at: 0)), at: 1)
        let outputs: [([String], String)] = [
            ([], "No alarms are open.\n"), (["--all"], "There are no anomalies.\n"), (["--json"], "[]\n"),
        ]
        for (options, output) in outputs {
            let list = try await ProgramRun.paystate(["alarms", "--database", bench.database] + options)
            #expect(list.status == 0, "\(list.errors)")
            #expect(list.output == output)
        }
    }

    @Test func `an open alarm says since when, about what, and how to close it`() async throws {
        let bench = try StoryBench()
        try await Self.mismatch(in: bench)
        let list = try await ProgramRun.paystate(["alarms", "--database", bench.database])
        #expect(list.status == 0, "\(list.errors)")
        #expect(
            list.output == """
                ID  SINCE (UTC)       KIND             ACCOUNT
                1   2026-11-22 10:00  amount_mismatch  eu-shop
                    payment ORDER-17: 5200 was taken, expected was 6000 (minor units).

                `paystate show PAYMENT` explains one.
                `paystate acknowledge ID --note TEXT` closes one.

                """
        )
        let other = try await ProgramRun.paystate(["alarms", "--account", "by-shop", "--database", bench.database])
        #expect(other.output == "No alarms are open.\n")
    }

    @Test func `what is settled is told only with the others, and how`() async throws {
        let bench = try StoryBench()
        try await Self.regression(in: bench)
        let open = try await ProgramRun.paystate(["alarms", "--database", bench.database])
        #expect(open.output == "No alarms are open.\n")
        let all = try await ProgramRun.paystate(["alarms", "--all", "--database", bench.database])
        #expect(all.output.contains("1   2026-11-22 10:05  regression  eu-shop\n    payment ORDER-17: "))
        #expect(all.output.contains("    Alarm, closed 2026-11-22 10:05: the gateway was asked, and its answer\n"))
        #expect(!all.output.contains("acknowledge"))
    }

    @Test func `the newest come first, and no more than were asked for`() async throws {
        let bench = try StoryBench()
        try await Self.regression(in: bench)
        try await Self.mismatch(in: bench, id: "ORDER-18", at: 400)
        let all = try await ProgramRun.paystate(["alarms", "--all", "--limit", "1", "--database", bench.database])
        #expect(all.output.contains("payment ORDER-18: "))
        #expect(!all.output.contains("ORDER-17"))
        #expect(all.output.contains("\n    Alarm, open.\nThe newest 1 are shown; --limit shows more.\n"))
    }

    @Test func `programs get the columns of the view`() async throws {
        let bench = try StoryBench()
        try await Self.mismatch(in: bench)
        let list = try await ProgramRun.paystate(["alarms", "--json", "--database", bench.database])
        let rows = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
        let row = try #require(rows?.first)
        #expect(row["kind"] as? String == "amount_mismatch")
        #expect(row["payment_id"] as? String == "ORDER-17")
        let columns: Set<String> = [
            "id", "kind", "severity", "account", "payment_id", "checkout_token", "detail", "evidence_id", "opened_at",
            "closed_at", "resolution", "acknowledged_by", "subscription_id",
        ]
        #expect(columns.isSubset(of: row.keys))
    }

    @Test func `long words of a gateway are wrapped, and cannot steer the terminal`() async throws {
        let bench = try StoryBench()
        let word = "holo\u{1B}[2Jgram " + String(repeating: "and so on ", count: 20)
        try await bench.callback(.report(.stated(word, .unknown, at: 0)), at: 1)
        let rows = try LedgerReader(at: .file(path: bench.database))
            .anomalies(openAlarms: true, account: nil, limit: 10)
        let text = AnomalyList(rows, tellsOutcome: false).text(width: 80)
        #expect(text.contains("unknown_status"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    /// A payment of which another amount was taken than is expected.
    private static func mismatch(in bench: StoryBench, id: String = "ORDER-17", at seconds: Double = 1) async throws {
        try await bench.instruct(.watch(Expectation(amount: 6000, currency: "EUR")), .payment(id: id), at: seconds)
        let report = Report.stated("success", .succeeded, id: id, operation: "of-\(id)", at: seconds)
        try await bench.callback(.report(report), at: seconds + 1)
    }

    /// A callback that steps back from a success, and the answer that settles it.
    private static func regression(in bench: StoryBench) async throws {
        try await bench.callback(.report(.stated("success", .succeeded, at: 0)), at: 1)
        try await bench.callback(.report(.stated("decline", .failed, at: 300)), at: 301)
        try await bench.answer(.report(.stated("success", .succeeded, at: 302)), asked: 311, after: 0.05)
    }
}
