import Foundation
import Ledger
import Payments
import TestSupport
import Testing

/// What monitoring reads from the ledger. The view uses the engine's clock, so these tests use the real one.
@Suite struct HealthTests {
    private let bench: LedgerBench
    private let now: Int64

    /// The number of another callback, in SQL over `at`.
    private static let next = "(SELECT coalesce(max(id), 0) FROM callback) + row_number() OVER (ORDER BY at)"

    init() throws {
        bench = try LedgerBench()
        now = Int64(Date().timeIntervalSince1970 * 1000)
    }

    /// A rhythm of received callbacks, over the last weeks until some minutes ago.
    struct Rhythm: Sendable, CustomStringConvertible {
        let description: String
        var weeks = 9
        var every = Duration.seconds(360)
        /// The condition that suppresses a callback, in SQL over `at`, `:now` and hours of 3600000.
        var unless = "1 = 0"
        var silentFor = Duration.seconds(300)
        let usualSeconds: ClosedRange<Int>?
        let isSilent: Bool?
    }

    static let rhythms = [
        Rhythm(description: "ten an hour", usualSeconds: 360...360, isSilent: false),
        Rhythm(
            description: "ten an hour, and none for 20 minutes",
            silentFor: .seconds(1200),
            usualSeconds: 360...360,
            isSilent: true
        ),
        Rhythm(
            description: "ten an hour, for three weeks only",
            weeks: 3,
            silentFor: .seconds(7200),
            usualSeconds: nil,
            isSilent: nil
        ),
        Rhythm(
            description: "ten an hour, but for an outage at this hour a week ago",
            unless: "at BETWEEN :now - 171 * 3600000 AND :now - 165 * 3600000",
            silentFor: .seconds(1200),
            usualSeconds: 360...360,
            isSilent: true
        ),
        Rhythm(
            description: "never at this time of the day",
            unless:
                "(at - :now) / 3600000 % 24 BETWEEN -5 AND 0 OR (at - :now + 14400000) % 86400000 BETWEEN -3600000 AND 0",
            silentFor: .seconds(4 * 3600),
            usualSeconds: 3 * 3600...7 * 3600,
            isSilent: false
        ),
        Rhythm(
            description: "once a week",
            every: .seconds(7 * 86_400),
            silentFor: .seconds(13 * 86_400),
            usualSeconds: nil,
            isSilent: nil
        ),
        Rhythm(
            description: "once an hour",
            every: .seconds(3600),
            silentFor: .seconds(5000),
            usualSeconds: 3600...3600,
            isSilent: false
        ),
        Rhythm(
            description: "every ten seconds, and none for four minutes: five are the least",
            weeks: 5,
            every: .seconds(60),
            silentFor: .seconds(240),
            usualSeconds: 60...60,
            isSilent: false
        ),
    ]

    @Test(arguments: rhythms)
    func `silence is what lasts much longer than usual at this hour of the week`(_ rhythm: Rhythm) async throws {
        try bench.tamper(
            """
            WITH RECURSIVE moment (at) AS (
                SELECT \(now) - \(rhythm.silentFor.wholeMilliseconds)
                UNION ALL SELECT at - \(rhythm.every.wholeMilliseconds) FROM moment
                WHERE at > \(now - Int64(rhythm.weeks) * 7 * 86_400_000))
            INSERT INTO callback (id, account, received_at, last_received_at, verdict, form, key_id, effect, digest, locality)
            SELECT \(Self.next), 1, at, at, 'valid', 'natural', '1', 'applied', randomblob(32), 0 FROM moment
            WHERE NOT (\(rhythm.unless.replacing(":now", with: "\(now)"))) ORDER BY at
            """
        )
        try await tally()
        let health = try #require(try await reader().ledgerHealth().accounts.first { $0.account == "ecp" })
        #expect(health.isSilent == rhythm.isSilent)
        let usual = health.usualSilence.map { Int($0 / .seconds(1)) }
        if let expected = rhythm.usualSeconds {
            #expect(expected ~= usual ?? 0)
        } else {
            #expect(usual == nil)
        }
    }

    @Test func `tallied hours count what counting one by one counts`() async throws {
        try bench.tamper(
            """
            INSERT INTO payment (id, account, payment_id, purpose, state, held_minor, captured_minor, refunded_minor,
                                 charged_back_minor, paid_out_minor, balance_minor, first_seen_at, updated_at, last_source,
                                 held, reconciliation, attempt)
            VALUES (1, 1, 'P', 'purchase', 'succeeded', 0, 0, 0, 0, 0, 0, 0, 0, 'poll', 0, 'done', 0);
            WITH RECURSIVE moment (at, number) AS (
                SELECT \(now) - 50 * 3600000, 1 UNION ALL SELECT at + 97000 + number * 13 % 900, number + 1 FROM moment
                WHERE at < \(now) - 1000)
            INSERT INTO callback (id, account, received_at, last_received_at, verdict, form, key_id, effect, digest, locality)
            SELECT \(Self.next), 1 + number % 3 / 2, at, at, 'valid', 'natural', '1', 'applied', randomblob(32), 0 FROM moment;
            INSERT INTO transition (seq, account, payment, to_state, source, evidence, recorded_at)
            SELECT row_number() OVER (ORDER BY received_at), account, 1, 'succeeded',
                   CASE id % 7 WHEN 0 THEN 'poll' WHEN 1 THEN 'operator' ELSE 'callback' END, id, received_at
            FROM callback ORDER BY received_at;
            """
        )
        let before = try counts()
        try await tally()
        #expect(try bench.rows("SELECT count(*) >= 96 FROM hour") == ["1"])
        let after = try counts()
        #expect(after == before)
        let hours = "recorded_at / 3600000 BETWEEN unixepoch() / 3600 - 23 AND (SELECT max(hour) FROM hour)"
        let changes = try bench.rows(
            "SELECT account, changes_24h, found_by_poll_percent FROM account_health ORDER BY account DESC"
        )
        let counted = try bench.rows(
            """
            SELECT name, count(*), 100 * count(*) FILTER (WHERE source = 'poll') / count(*)
            FROM transition JOIN account ON account.id = account
            WHERE source <> 'operator' AND \(hours) GROUP BY name ORDER BY name DESC
            """
        )
        #expect(changes == counted)
        try await tally()
        let again = try counts()
        #expect(again == before, "tallied once")
    }

    @Test func `a clock that ran ahead leaves no tallies of hours to come`() async throws {
        try await bench.record(.stated("success", .succeeded), at: now - 7_200_000)
        let ahead = Timestamp(milliseconds: now + 40 * 3_600_000)
        try await bench.ledger.tallyHours(at: ahead, reading: reader())
        #expect(try bench.rows("SELECT count(*) FROM hour WHERE hour > unixepoch() / 3600") != ["0"])
        try await tally()
        #expect(try bench.rows("SELECT count(*) FROM hour WHERE hour >= unixepoch() / 3600") == ["0"])
        #expect(try bench.rows("SELECT callbacks_24h FROM account_health WHERE account = 'ecp'") == ["1"])
    }

    @Test func `what a clock that ran ahead has dated hides no silence`() async throws {
        try bench.tamper(
            """
            WITH RECURSIVE moment (at) AS (
                SELECT \(now) - 1200000 UNION ALL SELECT at - 360000 FROM moment WHERE at > \(now) - 6048000000)
            INSERT INTO callback (id, account, received_at, last_received_at, verdict, form, key_id, effect, digest, locality)
            SELECT \(Self.next), 1, at, at, 'valid', 'natural', '1', 'applied', randomblob(32), 0 FROM moment ORDER BY at
            """
        )
        try await tally()
        let before = try health()
        try bench.tamper(
            """
            INSERT INTO payment (id, account, payment_id, purpose, state, held_minor, captured_minor, refunded_minor,
                                 charged_back_minor, paid_out_minor, balance_minor, first_seen_at, updated_at, last_source,
                                 held, reconciliation, attempt)
            VALUES (1, 1, 'P', 'purchase', 'succeeded', 0, 0, 0, 0, 0, 0, 0, 0, 'poll', 0, 'done', 0);
            INSERT INTO callback (id, account, received_at, last_received_at, verdict, form, key_id, effect, digest, locality)
            SELECT max(id) + 1, 1, \(ahead), \(ahead), 'valid', 'natural', '1', 'applied', randomblob(32), 0 FROM callback;
            INSERT INTO transition (seq, account, payment, to_state, source, evidence, recorded_at)
            VALUES (1, 1, 1, 'succeeded', 'poll', 1, \(ahead));
            INSERT INTO hour VALUES (\(ahead) / 3600000, 1, 5, 0, 5, 5);
            """
        )
        #expect(try health() == before)
        #expect(before.count == 1 && before[0].hasSuffix(" 0 0 1"), "\(before)")
    }

    @Test func `what a clock that ran ahead has dated is no spike`() async throws {
        try bench.tamper(
            """
            WITH RECURSIVE moment (at) AS (SELECT \(ahead) UNION ALL SELECT at + 1 FROM moment WHERE at < \(ahead) + 20)
            INSERT INTO rejection (account, received_at, reason, size, body) SELECT 1, at, 'forged', 0, x'' FROM moment
            """
        )
        let spike = "SELECT rejection_spike, rejected_1h, rejected_24h FROM account_health WHERE account = 'ecp'"
        #expect(try bench.rows(spike) == ["0 0 0"])
    }

    /// A time in the future that a wrong clock could give.
    private var ahead: Int64 { now + 300 * 86_400_000 }

    private func health() throws -> [String] {
        try bench.rows(
            """
            SELECT last_callback_at, callbacks_24h, found_by_poll_24h, changes_24h, is_silent FROM account_health
            WHERE account = 'ecp'
            """
        )
    }

    @Test(arguments: [
        (recent: 9, before: 0, accepted: 0, isSpike: false), (recent: 10, before: 0, accepted: 5, isSpike: true),
        (recent: 60, before: 0, accepted: 50, isSpike: true), (recent: 60, before: 2300, accepted: 61, isSpike: false),
        (recent: 60, before: 2300, accepted: 59, isSpike: true),
        (recent: 301, before: 2300, accepted: 999, isSpike: true),
    ])
    func `a spike is more than was accepted, or three times a usual hour`(
        _ recent: Int,
        _ before: Int,
        _ accepted: Int,
        _ isSpike: Bool
    ) async throws {
        let rejections =
            "INSERT INTO rejection (account, received_at, reason, size, body) SELECT 1, at, 'forged', 0, x'' FROM moment"
        func moments(_ count: Int, from hours: Int) -> String {
            """
            WITH RECURSIVE moment (at, number) AS (
                SELECT \(now) - \(hours) * 3600000 + 60000, 1 UNION ALL SELECT at + 1, number + 1 FROM moment
                WHERE number < \(count))
            """
        }
        try bench.tamper("\(moments(recent, from: 1)) \(rejections)")
        if before > 0 { try bench.tamper("\(moments(before, from: 20)) \(rejections)") }
        if accepted > 0 {
            try bench.tamper(
                """
                \(moments(accepted, from: 1))
                INSERT INTO callback (id, account, received_at, last_received_at, verdict, form, key_id, effect, digest, locality)
                SELECT \(Self.next), 1, at, at, 'valid', 'natural', '1', 'applied', randomblob(32), 0 FROM moment
                """
            )
        }
        let health = try #require(try await reader().ledgerHealth().accounts.first { $0.account == "ecp" })
        #expect(health.rejectedInLastHour == recent)
        #expect(health.hasRejectionSpike == isSpike)
    }

    @Test func `an account of which nothing ever came is well`() async throws {
        try await tally()
        let health = try #require(try await reader().ledgerHealth().accounts.first)
        #expect(health.lastCallback == nil)
        #expect(health.isSilent == nil)
        #expect(health.overdueSince == nil)
        #expect(!health.hasRejectionSpike)
    }

    private func counts() throws -> [String] {
        try bench.rows("SELECT account, callbacks_24h, found_by_poll_24h FROM account_health ORDER BY account")
    }

    private func tally() async throws {
        try await bench.ledger.tallyHours(at: Timestamp(milliseconds: now), reading: reader())
    }

    private func reader() throws -> LedgerReader { try LedgerReader(at: bench.location) }
}

extension String {
    fileprivate func replacing(_ word: String, with other: String) -> String {
        components(separatedBy: word).joined(separator: other)
    }
}
