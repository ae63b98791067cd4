import ConfigurationFile
import DaemonTestSupport
import Diagnostics
import Foundation
import Ledger
import Payments
import Telemetry
import Testing

/// The doctor's findings about the current state: the accounts in the ledger, and the unit under systemd.
@Suite struct StandingTests {
    @Test func `a ledger in which all is well has nothing to say`() async throws {
        try await RunningDaemon.run(now: Timestamp.now) { daemon in
            try await daemon.receive("EP-1", "success")
            try await daemon.wait("the heartbeat") {
                try FileStatus(of: daemon.database) != nil && daemon.payments().count == 1
            }
            let patient = try Patient(Patient.account(asking: "http://127.0.0.1:1"))
            let findings = try await patient.findings(database: daemon.database, isOffline: true, now: Timestamp.now)
            let said = Dictionary(uniqueKeysWithValues: findings.map { ($0.check, $0) })
            #expect(said["database"]?.verdict == .ok)
            #expect(said["permissions"]?.verdict == .ok)
            #expect(said["SQLite"]?.verdict == .ok)
            #expect(said["accounts"]?.seen == "the ledger has none of them yet", "the configuration names another")
        }
    }

    @Test func `what is wrong at an account is said, with what to do`() async throws {
        let now = Timestamp.now()
        func second(_ ago: Int64) -> Timestamp { Timestamp(milliseconds: now.milliseconds - ago * 1000) }
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
                == "ill: the last callback arrived 3 h ago; at this hour of the week (UTC) one usually arrives "
                + "within 12 min"
        )
        let others = AccountsCheck(now: now).findings(
            LedgerHealth(accounts: accounts, lastProbe: now),
            accounts: ["well"]
        )
        #expect(others.allSatisfy { $0.verdict == .ok }, "an account that is configured no more may be silent")
    }

    @Test(arguments: [(-60, false), (-1200, true)])
    func `polls wait while the gateway is in trouble, but not for a trouble that is over`(
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
        #expect(findings.first { $0.check == "overdue polls" }?.verdict == (isWarned ? .warning : .ok))
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
                """
        )
        #expect(UnitCheck.finding(unit).verdict == verdict)
    }

    private static let passed = Configuration.Listen.systemd
    private static let own = Configuration.Listen.address(HostAndPort(host: "127.0.0.1", port: 8080))

    @Test(
        arguments: [
            ("loaded", "active", "listening", "success", passed, Finding.Verdict.ok, ""),
            ("loaded", "active", "running", "success", nil, .ok, ""),
            (
                "loaded", "failed", "failed", "trigger-limit-hit", passed, .failure,
                "paystate.socket is failed (failed), trigger-limit-hit: connections from the gateways are refused"
            ),
            ("loaded", "inactive", "dead", "success", passed, .failure, "connections from the gateways are refused"),
            ("not-found", "inactive", "dead", "success", passed, .failure, "`listen: systemd`"),
            ("masked", "inactive", "dead", "success", passed, .failure, "systemd has no paystate.socket (masked)"),
            ("not-found", "inactive", "dead", "success", nil, .skipped, ""),
            ("masked", "inactive", "dead", "success", own, .ok, "the daemon listens at 127.0.0.1:8080 itself"),
            ("loaded", "active", "running", "success", own, .warning, "is never answered"),
        ] as [(String, String, String, String, Configuration.Listen?, Finding.Verdict, String)]
    )
    func `the socket is looked at, too`(
        _ load: String,
        _ active: String,
        _ sub: String,
        _ result: String,
        _ listen: Configuration.Listen?,
        _ verdict: Finding.Verdict,
        _ words: String
    ) {
        let properties = "Result=\(result)\nLoadState=\(load)\nActiveState=\(active)\nSubState=\(sub)\n"
        let finding = SocketCheck.finding(properties: properties, listen)
        #expect(finding.verdict == verdict)
        #expect(finding.seen.contains(words) || words.isEmpty, "\(finding.seen)")
        #expect((finding.advice != nil) == (verdict >= .warning))
    }

    @Test func `what a clock that ran ahead has dated is told, with how far`() async throws {
        try await RunningDaemon.run(now: { Patient.today + .seconds(3600) }) { daemon in
            try await daemon.receive("EP-1", "success")
            try await daemon.receive("EP-2", "processing")
            let patient = try Patient(Patient.account(asking: "http://127.0.0.1:1"))
            let finding = try #require(
                try await patient.findings("recorded times", database: daemon.database, isOffline: true).first
            )
            #expect(finding.verdict == .warning)
            let seen = """
                2 callbacks and the last change of 2 payments are dated in the future, up to 2026-11-22T11:40:00.000Z: the \
                clock ran ahead when they were recorded
                """
            #expect(finding.seen == seen)
            let later = try await patient.findings("recorded times", database: daemon.database, isOffline: true) {
                Patient.today + .seconds(3600)
            }
            #expect(later.map(\.verdict) == [.ok])
        }
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
