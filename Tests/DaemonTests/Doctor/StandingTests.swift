import Daemon
import Foundation
import Ledger
import Payments
import Testing

/// What the doctor says of how things stand: the accounts in the ledger, and the unit under systemd.
@Suite struct StandingTests {
    @Test func `a ledger in which all is well has nothing to say`() async throws {
        try await RunningDaemon.run(now: Moment.now) { daemon in
            try await daemon.receive("EP-1", "success")
            try await daemon.wait("the heartbeat") {
                try FileStatus(of: daemon.database) != nil && daemon.payments().count == 1
            }
            let patient = try Patient(Patient.account(asking: "http://127.0.0.1:1"))
            let findings = try await patient.findings(database: daemon.database, isOffline: true, now: Moment.now)
            let said = Dictionary(uniqueKeysWithValues: findings.map { ($0.check, $0) })
            #expect(said["database"]?.verdict == .ok)
            #expect(said["permissions"]?.verdict == .ok)
            #expect(said["SQLite"]?.verdict == .ok)
            #expect(said["accounts"]?.seen == "the ledger knows none of them yet", "the configuration names another")
        }
    }

    @Test func `what is wrong at an account is said, with what to do`() async throws {
        let now = Moment.now()
        func second(_ ago: Int64) -> Moment { Moment(milliseconds: now.milliseconds - ago * 1000) }
        let accounts = [
            AccountHealth(account: "well", lastCallback: second(60)),
            AccountHealth(
                account: "ill",
                lastCallback: second(3 * 3600),
                usualSilence: .seconds(720),
                isSilent: true,
                overdue: 17,
                overdueSince: second(7200),
                unresolved: 3,
                openAlarms: 2,
                rejectedInLastHour: 80,
                hasRejectionSpike: true
            ),
        ]
        let findings = AccountsCheck(now: now).findings(LedgerHealth(accounts: accounts, lastProbe: now), accounts: nil)
        #expect(findings.map(\.verdict) == [.warning, .failure, .warning, .ok, .warning, .warning])
        #expect(findings.filter { $0.verdict > .skipped }.allSatisfy { $0.advice != nil && $0.seen.hasPrefix("ill: ") })
        #expect(
            findings[0].seen
                == "ill: the last callback came 3 h ago; at this hour of the week (UTC) one usually comes within 12 min"
        )
        let others = AccountsCheck(now: now).findings(
            LedgerHealth(accounts: accounts, lastProbe: now),
            accounts: ["well"]
        )
        #expect(others.allSatisfy { $0.verdict == .ok }, "an account that is configured no more may be silent")
    }

    @Test(arguments: [(-60, false), (-1200, true)])
    func `questions wait while the gateway is in trouble, but not for a trouble that is over`(
        _ end: Int,
        _ isWarned: Bool
    ) {
        let now = Patient.today
        let account = AccountHealth(
            account: "shop",
            overdue: 5,
            overdueSince: now - .seconds(7200),
            pausedUntil: now + .seconds(end),
            pauseReason: "unavailable"
        )
        let findings = AccountsCheck(now: now).findings(
            LedgerHealth(accounts: [account], lastProbe: now),
            accounts: nil
        )
        #expect(findings.first { $0.check == "overdue questions" }?.verdict == (isWarned ? .warning : .ok))
        #expect(findings.first { $0.check == "gateways" }?.verdict == (isWarned ? .ok : .warning))
    }

    @Test(arguments: [
        ("active", "running", "0", "30s", Finding.Verdict.ok), ("active", "running", "2", "30s", .warning),
        ("active", "running", "0", "0", .warning), ("failed", "failed", "5", "30s", .failure),
        ("inactive", "dead", "0", "30s", .failure),
    ])
    func `the unit is judged by what systemd says of it`(
        _ active: String,
        _ sub: String,
        _ restarts: String,
        _ watchdog: String,
        _ verdict: Finding.Verdict
    ) {
        let unit = UnitCheck.Unit(
            properties: """
                WatchdogUSec=\(watchdog)
                NRestarts=\(restarts)
                LoadState=loaded
                ActiveState=\(active)
                SubState=\(sub)
                """,
            text: """
                # /usr/lib/systemd/system/paystate.service
                [Service]
                ExecStart=/usr/bin/paystate serve
                LoadCredential=eu-shop:/etc/paystate/eu-shop.key
                # /etc/systemd/system/paystate.service.d/credentials.conf
                LoadCredential=by-shop:/etc/paystate/by-shop.key
                LoadCredential=from-credential-store
                """
        )
        #expect(UnitCheck.finding(unit).verdict == verdict)
        #expect(unit.credentials == ["/etc/paystate/eu-shop.key", "/etc/paystate/by-shop.key"])
    }

    @Test(arguments: [(1.1, Finding.Verdict.ok), (9.2, .warning)])
    func `hardening is what systemd-analyze says`(_ exposure: Double, _ verdict: Finding.Verdict) {
        let output = """
            ✓ PrivateDevices=          Service has no access to hardware devices
            → Overall exposure level for paystate.service: \(exposure) OK :-)
            """
        #expect(UnitCheck.exposure(in: output) == exposure)
        #expect(UnitCheck.hardening(UnitCheck.exposure(in: output)).verdict == verdict)
        #expect(UnitCheck.hardening(UnitCheck.exposure(in: "nothing")).verdict == .skipped)
    }
}
