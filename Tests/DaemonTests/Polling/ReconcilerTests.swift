import ConfigurationFile
import Daemon
import DaemonTestSupport
import Foundation
import Gateways
import Ledger
import Logging
import OutboundHTTP
import Payments
import Telemetry
import TestSupport
import Testing

/// The whole daemon with a scripted gateway: what it polls, and what it concludes from the answers.
@Suite struct ReconcilerTests {
    @Test func `what stays silent is asked about, and the answer is believed because it is signed`() async throws {
        let answer = try SignedCallback.ecommpay("EP-1")
        try await run([.answer(200, body: answer)]) { daemon, gateway in
            try await daemon.receive("EP-1", "processing")
            let payment = try await daemon.payment("EP-1") { $0.text("state") == "succeeded" }
            #expect(payment.text("last_source") == "poll")
            #expect(payment.text("reconciliation") == "done")
            #expect(payment.text("next_audit_at") != "")
            #expect(gateway.lines.first == "POST /v2/payment/status")
            #expect(gateway.received.first?.contains(#""payment_id":"EP-1""#) == true)
        }
    }

    @Test func `an answer with another's signature moves nothing, and is an alarm`() async throws {
        let forged = try SignedCallback.ecommpay("EP-1").replacing("success", with: "decline")
        try await run([.answer(200, body: forged)]) { daemon, _ in
            try await daemon.receive("EP-1", "processing")
            let payment = try await daemon.payment("EP-1") { $0.text("last_poll_outcome") == "undecodable" }
            #expect(payment.text("state") == "pending")
            #expect(payment.text("open_anomalies") == "1")
        }
    }

    @Test func `an answer about somebody else moves nobody`() async throws {
        try await run([.answer(200, body: try SignedCallback.ecommpay("EP-2"))]) { daemon, _ in
            try await daemon.receive("EP-1", "processing")
            _ = try await daemon.payment("EP-1") { $0.text("last_poll_outcome") == "foreign" }
            #expect(try daemon.payments().map { $0.text("state") } == ["pending"])
        }
    }

    @Test func `a gateway in trouble is left alone, which the account's health shows until it answers again`()
        async throws
    {
        let answer = try SignedCallback.ecommpay("EP-1")
        try await run([.answer(503), .answer(200, body: answer)]) { daemon, _ in
            try await daemon.receive("EP-1", "processing")
            try await daemon.wait("the pause") { try daemon.health().contains("unavailable") }
            _ = try await daemon.payment("EP-1") { $0.text("state") == "succeeded" }
            try await daemon.wait("the end of the pause") { try daemon.health() == [""] }
        }
    }

    @Test func `rubbish about one payment is that payment's, rubbish about many is the gateway's trouble`() async throws
    {
        try await run([.answer(200, body: "{\"rubbish\":true}")]) { daemon, _ in
            try await daemon.receive("EP-1", "processing")
            _ = try await daemon.payment("EP-1") { Int($0.text("polls")) ?? 0 > 2 }
            #expect(try daemon.health() == [""])
            for number in 2...10 { try await daemon.receive("EP-\(number)", "processing") }
            try await daemon.wait("the pause") { try daemon.health().contains("undecodable") }
        }
    }

    @Test func `what was under way when the process ended is not the first thing that is asked again`() async throws {
        try await ScriptedGateway.play([.beSilent]) { gateway in
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            try await leaveBehind("EP-1", in: folder.database)
            try await run(gateway) { configuration in
                configuration.database = .file(folder.database)
                configuration.reconcile.schedule.steps = [.seconds(3600)]
            } story: { daemon in
                let payment = try await daemon.payment("EP-1") { $0.text("polls") == "1" }
                #expect(payment.text("last_poll_outcome") == "unavailable")
                #expect(gateway.received == [])
            }
        }
    }

    /// Leaves what a process leaves that was killed while polling a payment.
    private func leaveBehind(_ payment: String, in database: String) async throws {
        let now = Timestamp.now()
        var configuration = Configuration(database: .file(database), accounts: [])
        configuration.accounts = [
            Account(
                name: "ecp",
                gateway: try Ecommpay([
                    "project_id": .integer(240), "secrets": .secrets([Secret(name: "x", bytes: [1])]),
                ])
            )
        ]
        let ledger = try configuration.publicConfiguration.openLedger()
        let watched = Instruction(
            account: "ecp",
            entity: .payment(id: payment),
            command: .poll,
            givenAt: now
        )
        let expected = Instruction(
            account: "ecp",
            entity: .payment(id: payment),
            command: .watch(Expectation()),
            givenAt: now
        )
        _ = try await ledger.instruct(expected)
        _ = try await ledger.instruct(watched)
        guard case .poll(let poll) = try await ledger.due(of: "ecp", besides: [], at: now) else {
            Issue.record("nothing is due")
            return
        }
        #expect(try await ledger.begin(poll, at: now))
        try await ledger.finish()
    }

    @Test func `the log says why a gateway is left alone`() async throws {
        for (act, reason) in [
            (ScriptedGateway.Act.answer(503), "reason=\"HTTP status 503\""),
            (.answer(200, body: "<html>"), "reason=\"the answer is not JSON, but some other page\""),
            (.answer(429), "reason=\"the gateway is polled too often\""),
            (.sayAndLeave("SSH-2.0-OpenSSH\r\n"), "reason=\"the answer is not a usable HTTP response\""),
        ] {
            let file = try TemporaryFile()
            try await run([act], logger: .writing(to: file, now: Timestamp.now)) { daemon, _ in
                try await daemon.receive("EP-1", "processing")
                try await daemon.wait("the pause") { try daemon.health() != [""] }
            }
            let line = try file.content().split(separator: "\n").first { $0.contains("gateway unavailable") }
            #expect(line?.contains(reason) == true, "\(line ?? "no line")")
        }
    }

    @Test func `what is watched is found without any callback`() async throws {
        let unknown = #"{"project_id":240,"payment":{"id":"EP-7","status":"error"},"errors":[{"code":"3061"}]}"#
        let answer = try SignedCallback.ecommpay("EP-7")
        try await run([.answer(200, body: unknown), .answer(200, body: answer)]) { daemon, gateway in
            try await daemon.watch("EP-7")
            let payment = try await daemon.payment("EP-7") { $0.text("state") == "succeeded" }
            #expect(payment.text("polls") == "2" && gateway.lines.count == 2)
        }
    }

    @Test func `a second look that comes before any first poll is not slept through`() async throws {
        let answer = try SignedCallback.ecommpay("EP-1")
        try await run([.answer(200, body: answer)]) { schedule in
            schedule.firstAfter = .seconds(3600)
            schedule.secondLook = .milliseconds(100)
        } story: { daemon, _ in
            try await daemon.receive("EP-1", "decline")
            let payment = try await daemon.payment("EP-1") { $0.text("state") == "succeeded" }
            #expect(payment.text("last_source") == "poll")
        }
    }

    @Test func `a graceful stop does not wait for an answer, and the poll stays due`() async throws {
        try await run([.beSilent]) { daemon, gateway in
            try await daemon.receive("EP-1", "processing")
            for await _ in gateway.requests { break }
            await daemon.stop()
            try await daemon.wait("the end") { !daemon.isListening() }
            let payment = try await daemon.payment("EP-1") { _ in true }
            #expect(payment.text("polls") == "0")
            #expect(payment.text("reconciliation") == "scheduled")
        }
    }

    private func run(
        _ acts: [ScriptedGateway.Act],
        _ adapt: @escaping @Sendable (inout PollSchedule) -> Void = { _ in },
        logger: Logger = .silent,
        story: @escaping @Sendable (RunningDaemon, ScriptedGateway) async throws -> Void
    ) async throws {
        try await ScriptedGateway.play(acts) { gateway in
            try await run(gateway, logger: logger) {
                adapt(&$0.reconcile.schedule)
            } story: {
                try await story($0, gateway)
            }
        }
    }

    private func run(
        _ gateway: ScriptedGateway,
        logger: Logger = .silent,
        _ adapt: @escaping @Sendable (inout Configuration) -> Void,
        story: @escaping @Sendable (RunningDaemon) async throws -> Void
    ) async throws {
        let account = Account(
            name: "ecp",
            gateway: try Ecommpay([
                "project_id": .integer(240), "api_url": .url(gateway.url),
                "secrets": .secrets([Secret(name: "test", bytes: Array(SignedCallback.secret.utf8))]),
            ])
        )
        try await RunningDaemon.run(
            { configuration in
                configuration.accounts = [account]
                configuration.reconcile.schedule.firstAfter = .milliseconds(50)
                configuration.reconcile.schedule.steps = [.milliseconds(50)]
                configuration.reconcile.requestsPerSecond = 100
                adapt(&configuration)
            },
            now: Timestamp.now,
            logger: logger,
            story: story
        )
    }
}
