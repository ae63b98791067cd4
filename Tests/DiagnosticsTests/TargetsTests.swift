import DaemonTestSupport
import Diagnostics
import Ledger
import Payments
import TestSupport
import Testing

/// The doctor's findings about the targets of `forward` and `notify`.
@Suite struct TargetsTests {
    private static let now = Patient.today

    private static func shop(
        _ standing: TargetHealth.Standing = .delivering,
        waiting: Int = 0,
        since seconds: Int64 = 0,
        gaveUp: Int = 0,
        pausedFor: Int64? = nil
    ) -> TargetHealth {
        TargetHealth(
            kind: .forward,
            account: "eu-shop",
            name: "shop",
            url: "http://10.0.0.7/?wc-api=…",
            standing: standing,
            waiting: waiting,
            waitingSince: now - .seconds(seconds),
            gaveUp: gaveUp,
            pausedUntil: pausedFor.map { now + .seconds($0) },
            pauseReason: pausedFor.map { _ in "the server answers 500" },
            lastError: "the server answers 500"
        )
    }

    private static func app(
        _ standing: TargetHealth.Standing = .delivering,
        url: String = "https://app.example/paystate",
        waiting: Int = 0
    ) -> TargetHealth {
        TargetHealth(
            kind: .notify,
            account: nil,
            name: "app",
            url: url,
            standing: standing,
            waiting: waiting,
            waitingSince: now - .seconds(3),
            cursor: 1200
        )
    }

    private static func finding(_ check: String, _ targets: TargetHealth...) throws -> Finding {
        try #require(TargetsCheck(now: now).findings(targets).first { $0.check == check })
    }

    @Test func `without targets nothing is said, and with good ones nothing is wrong`() {
        #expect(TargetsCheck(now: Self.now).findings([]) == [])
        let findings = TargetsCheck(now: Self.now).findings([Self.shop(), Self.app(waiting: 2)])
        #expect(findings.allSatisfy { $0.verdict == .ok && $0.advice == nil })
        #expect(Set(findings.map(\.check)).count == findings.count)
        let backlog = findings.first { $0.check == "delivery backlog" }
        #expect(backlog?.seen == "app: 2 transitions behind, the oldest for 3 s")
    }

    @Test func `a pause is a warning with its reason`() throws {
        let paused = try Self.finding("targets", Self.shop(.paused, waiting: 12, pausedFor: 40), Self.app())
        #expect(paused.verdict == .warning)
        let seen = """
            eu-shop/shop: is in trouble (the server answers 500), paused until 2026-11-22T10:40:40.000Z; 12 callbacks \
            wait
            """
        #expect(paused.seen == seen)
        #expect(paused.advice?.contains("`paystate deliver --target shop`") == true)
    }

    @Test func `what was given up is a failure, and how to deliver it is said`() throws {
        let forward = try Self.finding("undelivered", Self.shop(gaveUp: 3), Self.app())
        #expect(forward.verdict == .failure)
        #expect(forward.seen == "eu-shop/shop: 3 callbacks given up")
        #expect(forward.advice?.contains("`paystate deliver --target shop`") == true)
        let notify = try Self.finding("undelivered", Self.shop(), Self.app(.gaveUp, waiting: 1))
        #expect(notify.seen == "app: stopped before an event that it did not take (?); 1 transition behind")
        #expect(notify.advice?.contains("`paystate deliver --target app`") == true)
    }

    @Test(arguments: [(899, Finding.Verdict.ok), (901, .warning)])
    func `what waits for a quarter of an hour is a warning`(_ age: Int, _ verdict: Finding.Verdict) throws {
        let finding = try Self.finding("delivery backlog", Self.shop(waiting: 1, since: Int64(age)))
        #expect(finding.verdict == verdict)
        #expect(finding.seen.hasPrefix("eu-shop/shop: 1 callback waits, the oldest for "))
    }

    @Test func `a target that is no longer configured is told of until nothing of it is left`() throws {
        let forward = try Self.finding("removed targets", Self.shop(.removed, waiting: 12, since: 9000))
        #expect(forward.verdict == .warning)
        #expect(forward.seen == "eu-shop/shop: is no longer configured, but 12 callbacks wait")
        #expect(forward.advice?.contains("`paystate deliver --target shop --drop`") == true)
        #expect(try Self.finding("delivery backlog", Self.shop(.removed, waiting: 12, since: 9000)).verdict == .ok)
        #expect(try Self.finding("removed targets", Self.shop(.removed, gaveUp: 3)).verdict == .ok)
        #expect(try Self.finding("removed targets", Self.app(.removed)).verdict == .warning, "it has a cursor")
    }

    @Test func `how targets stand is read from the ledger`() async throws {
        try await RunningDaemon.run(deliveringTo: unusedPort()) { daemon in
            try await daemon.receive("EP-1", "success")
            let reader = try LedgerReader(at: .file(path: daemon.database))
            var targets: [TargetHealth] = []
            try await daemon.wait("both targets have failed") {
                targets = try await reader.targetHealth()
                return targets.count == 2 && targets.allSatisfy { $0.lastError != nil }
            }
            let shop = try #require(targets.first { $0.kind == .forward })
            #expect(shop.account == "ecp")
            #expect(shop.name == "shop")
            #expect(shop.url.hasSuffix("/?wc-api=…"), "without the query's values")
            #expect(shop.waiting == 1)
            #expect(shop.waitingSince != nil)
            #expect(shop.gaveUp == 0)
            let app = try #require(targets.first { $0.kind == .notify })
            #expect(app.account == nil)
            #expect(app.name == "app")
            #expect(app.waiting >= 1)
            #expect(app.waitingSince != nil)
            #expect(app.cursor == 0, "it began before the first event")
        }
    }

    @Test(arguments: [
        ("https://app.example/paystate", Finding.Verdict.ok), ("http://127.0.0.1:8088/hook?key=…", .ok),
        ("http://localhost/hook", .ok), ("http://[::1]:8088", .ok), ("http://app.example/paystate", .warning),
        ("http://10.0.0.7:8088?key=…", .warning), ("http://my_app/paystate", .warning),
        ("http://localhost.example.com/", .warning),
    ])
    func `events go to other machines over https`(_ url: String, _ verdict: Finding.Verdict) throws {
        #expect(try Self.finding("target URLs", Self.shop(), Self.app(url: url)).verdict == verdict)
    }
}
