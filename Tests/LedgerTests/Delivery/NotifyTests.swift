import Payments
import TestSupport
import Testing

@testable import Ledger

/// What targets are told of, and where their cursors stand.
@Suite struct NotifyTests {
    private static let app = DeliveryTarget.ID(kind: .notify, account: nil, name: "app")

    private func bench(accounts: [String] = [], from: Int64? = 0) throws -> LedgerBench {
        try LedgerBench(targets: [target(accounts: accounts, from: from)])
    }

    private func target(accounts: [String] = [], from: Int64? = 0) -> DeliveryTarget {
        DeliveryTarget(id: Self.app, url: "https://app.example/", accounts: accounts, from: from)
    }

    private func pending(_ bench: LedgerBench, after seq: Int64? = nil, limit: Int = 10) async throws -> PendingEvents {
        try await bench.ledger.pendingEvents(of: Self.app, after: seq, limit: limit)
    }

    @Test func `each transition of a payment is an event, with what it came to`() async throws {
        let bench = try bench()
        try await bench.record(.stated("processing", .pending, amount: nil), "1")
        try await bench.record(.stated("success", .succeeded, at: 20), "2")
        let found = try await pending(bench)
        let payments = try bench.rows("SELECT seq FROM transitions WHERE entity = 'payment' ORDER BY seq")
        #expect(found.events.map { "\($0.seq)" } == payments)
        let last = try #require(found.events.last)
        #expect(last.account == "ecp" && last.paymentID == "EP-1" && last.reference == "EP-1")
        #expect(last.toState == "succeeded" && last.isPaid && last.isTest == nil)
        #expect(last.capturedMinor == 5200 && last.balanceMinor == 5200 && last.currency == "EUR")
        #expect(last.evidenceID == "callback:2" && last.source == "callback")
        #expect(last.recordedAt == Timestamp(milliseconds: 1000))
        #expect("\(found.upTo)" == (try bench.rows("SELECT max(seq) FROM transitions")[0]))
    }

    @Test func `paid is what is true now, whenever the event was`() async throws {
        let bench = try bench()
        try await bench.record(.stated("success", .succeeded), "1")
        #expect(try await pending(bench).events.last?.isPaid == true)
        try await bench.record(.stated("refunded", .refunded, operation: "502", kind: .refund, at: 20), "2")
        let events = try await pending(bench).events
        #expect(events.first?.toState == "succeeded")
        #expect(events.allSatisfy { !$0.isPaid })
    }

    @Test func `a new target begins at the present, and keeps its cursor when it is configured again`() async throws {
        let bench = try LedgerBench()
        try await bench.record(.stated("success", .succeeded), "1")
        let fresh = target(from: nil)
        for targets in [[fresh], [], [target(from: 0)]] {
            try await bench.ledger.reconfigure(
                accounts: [.ecp, .ecc],
                targets: targets,
                schedule: .everyMinute,
                quota: .hundred,
                capacity: 100
            )
        }
        #expect(try await pending(bench).events.isEmpty)
        try await bench.record(.stated("success", .succeeded, id: "EP-2"), "2")
        #expect(try await pending(bench).events.map(\.paymentID).last == "EP-2")
    }

    @Test func `a target is told of its own accounts, and what is not for it is passed`() async throws {
        let bench = try bench(accounts: ["ecc"])
        try await bench.record(.stated("success", .succeeded), "1")
        let found = try await pending(bench)
        #expect(found.events.isEmpty && found.upTo > 0)
        try await bench.ledger.record(.passed(after: found.after, upTo: found.upTo), of: Self.app)
        #expect(try bench.rows("SELECT behind FROM targets") == ["0"])
        try await bench.record(.transaction("uid-1", .payment), "2", account: "ecc")
        #expect(Set(try await pending(bench).events.map(\.account)) == ["ecc"])
    }

    @Test(arguments: [[], ["ecc"]])
    func `pages follow each other without a gap, also where others' events lie between`(accounts: [String])
        async throws
    {
        let bench = try bench(accounts: accounts)
        for number in 1...7 {
            try await bench.record(.transaction("uid-\(number)", .payment), "ecc \(number)", account: "ecc")
            for other in 0..<3 {
                try await bench.record(
                    .stated("success", .succeeded, id: "EP-\(number).\(other)"),
                    "\(number).\(other)"
                )
            }
        }
        var seen: [Int64] = []
        var position: Int64?
        while true {
            let page = try await pending(bench, after: position, limit: 3)
            seen += page.events.map(\.seq)
            guard position != page.upTo else { break }
            position = page.upTo
        }
        #expect(
            seen.map { "\($0)" }
                == (try bench.rows(
                    """
                    SELECT seq FROM transitions WHERE entity = 'payment' AND account <> '\(accounts.isEmpty ? "" : "ecp")'
                    ORDER BY seq
                    """
                ))
        )
    }

    @Test func `a failure keeps the cursor, giving up stops it with an alarm, and an order moves it on`() async throws {
        let bench = try bench()
        try await bench.record(.stated("success", .succeeded), "1")
        var found = try await pending(bench)
        let event = try #require(found.events.first)
        let start = found.after
        let (now, next) = (Timestamp(milliseconds: 5000), Timestamp(milliseconds: 7000))
        let failure = DeliveryOutcome.failed(status: 500, error: "answered 500", nextAttemptAt: next)
        try await bench.ledger.record(
            .failed(after: start, seq: event.seq, attempts: 0, failure, at: now),
            of: Self.app
        )
        found = try await pending(bench)
        #expect(found.events.first == event && found.attempts == 1 && !found.hasGivenUp)
        #expect(found.firstAttemptAt == now && found.nextAttemptAt == next)
        try await bench.ledger.record(
            .failed(after: start, seq: event.seq, attempts: 1, .gaveUp(status: 500, error: "answered 500"), at: next),
            of: Self.app
        )
        found = try await pending(bench)
        #expect(found.hasGivenUp)
        #expect(try bench.rows("SELECT state, last_status, last_error FROM targets") == ["gave_up 500 answered 500"])
        #expect(
            try bench.rows("SELECT kind, payment_id, detail FROM anomalies") == [
                "undelivered EP-1 app was not told of transition \(event.seq), and of none after it: answered 500"
            ]
        )
        #expect(try await bench.ledger.deliver(DeliveryOrder(), at: next).targets == ["notify app"])
        #expect(try await pending(bench).events.first == event)
        #expect(try bench.rows("SELECT state FROM targets") == ["delivering"])
        try await bench.ledger.record(
            .delivered(after: start, upTo: event.seq, status: 204, at: next),
            of: Self.app
        )
        #expect(try await pending(bench).events.allSatisfy { $0.seq > event.seq })
    }

    @Test func `a cursor is set back to be told again, and one event is skipped`() async throws {
        let bench = try bench()
        try await bench.record(.stated("success", .succeeded), "1")
        let found = try await pending(bench)
        let events = found.events
        let last = try #require(events.last)
        try await bench.ledger.record(
            .delivered(after: found.after, upTo: last.seq, status: 200, at: Timestamp(milliseconds: 5000)),
            of: Self.app
        )
        let now = Timestamp(milliseconds: 6000)
        _ = try await bench.ledger.deliver(DeliveryOrder(selection: .fromSeq(1)), at: now)
        #expect(try await pending(bench).events == events)
        // What was under way meanwhile moves nothing, and stops nothing.
        let late: [NotifyProgress] = [
            .delivered(after: last.seq, upTo: last.seq + 1, status: 200, at: now),
            .failed(
                after: last.seq,
                seq: last.seq + 1,
                attempts: 0,
                .gaveUp(status: 500, error: "answered 500"),
                at: now
            ),
        ]
        for progress in late { try await bench.ledger.record(progress, of: Self.app) }
        #expect(try await pending(bench).events == events)
        #expect(try await !pending(bench).hasGivenUp)
        _ = try await bench.ledger.deliver(DeliveryOrder(drops: true), at: now)
        #expect(try await pending(bench).events == Array(events.dropFirst()))
        await #expect(throws: DeliveryOrderError.self) {
            try await bench.ledger.deliver(DeliveryOrder(selection: .fromSeq(999)), at: now)
        }
    }

    @Test func `what is skipped is an event of the target's own accounts`() async throws {
        let bench = try bench(accounts: ["ecc"])
        try await bench.record(.stated("success", .succeeded), "1")
        try await bench.record(.transaction("uid-1", .payment), "2", account: "ecc")
        let events = try await pending(bench).events
        #expect(!events.isEmpty)
        _ = try await bench.ledger.deliver(DeliveryOrder(drops: true), at: Timestamp(milliseconds: 6000))
        #expect(try await pending(bench).events == Array(events.dropFirst()))
    }

    @Test func `who waits for the next transition is told of it, or of being cancelled`() async throws {
        let bench = try bench()
        let ledger = bench.ledger
        let seen = Task { await ledger.nextTransition(after: 0) }
        try await bench.record(.stated("success", .succeeded), "1")
        await seen.value
        await ledger.nextTransition(after: 0)  // It is there already.
        let never = Task { await ledger.nextTransition(after: 1000) }
        never.cancel()
        await never.value
    }

    @Test(.enabled(if: !TestEngine.isPostgreSQL, "about the file"))
    func `a rebuild leaves the alarms about deliveries alone, also those that a person closed`() async throws {
        let (bench, library) = (try bench(), Library())
        for (name, word, state) in [("1", "processing", State.pending), ("2", "success", .succeeded)] {
            let content = ReceivedCallback.Content.stated(word, state, id: "EP-\(name)")
            try await bench.record(content, String(decoding: library.body(name, saying: content), as: UTF8.self))
        }
        let found = try await pending(bench)
        for (index, event) in found.events.enumerated() {
            let failure = DeliveryOutcome.gaveUp(status: nil, error: "refused")
            try await bench.ledger.record(
                .failed(
                    after: found.after,
                    seq: event.seq,
                    attempts: index,
                    failure,
                    at: Timestamp(milliseconds: 5000)
                ),
                of: Self.app
            )
        }
        #expect(try bench.rows("SELECT count(*) FROM anomalies WHERE kind = 'undelivered'") == ["2"])
        _ = try await bench.ledger.acknowledge(1, note: "seen", at: Timestamp(milliseconds: 6000))
        try await bench.ledger.finish()
        #expect(try library.check(bench.path).areNone)
        try bench.tamper("UPDATE payment SET state = 'failed' WHERE payment_id = 'EP-2'")
        #expect(try !library.mend(bench.path).areNone)
        #expect(
            try bench.rows("SELECT kind, resolution FROM anomalies ORDER BY id") == [
                "undelivered seen", "undelivered -",
            ]
        )
    }
}
