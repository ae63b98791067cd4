import Daemon
import DaemonTestSupport
import Ledger
import Payments
import TestSupport
import Testing

/// SIGHUP, as far as it concerns polling.
@Suite struct ReloadedPollsTests {
    private static func text(_ gateway: ScriptedGateway, accounts: [String], firstAfter: String = "50ms") -> String {
        """
        reconcile: {first_after: \(firstAfter), schedule: [50ms], requests_per_second: 100}
        accounts:

        """
            + accounts.map {
                "  \($0): {gateway: ecommpay, project_id: 240, secrets: [{file: \($0).key}], api_url: '\(gateway.url)'}\n"
            }.joined()
    }

    private static let secrets = ["ecp": "first", "new": "first"].reduce(into: [:]) { $0["\($1.key).key"] = $1.value }

    private func run(
        _ acts: [ScriptedGateway.Act],
        accounts: [String],
        firstAfter: String = "50ms",
        story: @escaping @Sendable (ReloadBench, ScriptedGateway) async throws -> Void
    ) async throws {
        try await ScriptedGateway.play(acts) { gateway in
            let text = Self.text(gateway, accounts: accounts, firstAfter: firstAfter)
            try await ReloadBench.run(text, secrets: Self.secrets) { try await story($0, gateway) }
        }
    }

    private func pending(_ payment: String) throws -> String {
        try SignedCallback.ecommpay(payment, "processing", secret: "first")
    }

    @Test func `answers are proved, and status requests signed, with the secret that is in force`() async throws {
        let answer = try SignedCallback.ecommpay("EP-1", secret: "second")
        try await run([.answer(200, body: answer)], accounts: ["ecp"]) { bench, gateway in
            #expect(try await bench.post(pending("EP-1")) == "200")
            _ = try await bench.daemon.payment("EP-1") { $0.text("last_poll_outcome") == "undecodable" }
            try await bench.reload(Self.text(gateway, accounts: ["ecp"]), secrets: ["ecp.key": "second"])
            _ = try await bench.daemon.payment("EP-1") { $0.text("state") == "succeeded" }
        }
    }

    @Test func `an account that is gone is asked about no more, until it is back`() async throws {
        try await run([.answer(404)], accounts: ["ecp", "new"]) { bench, gateway in
            #expect(try await bench.post(pending("EP-1")) == "200")
            _ = try await bench.daemon.payment("EP-1") { $0.text("polls") == "2" }
            try await bench.reload(Self.text(gateway, accounts: ["new"]))
            // One poll may have been begun and is sent in a moment, and its answer be recorded later on a slow disk.
            try await Task.sleep(for: .milliseconds(200))
            let recorded = { try bench.daemon.payments().map { $0.text("polls") } }
            try await bench.daemon.wait("the last answer") { try recorded() == ["\(gateway.lines.count)"] }
            let count = gateway.lines.count
            try await Task.sleep(for: .milliseconds(200))
            #expect(gateway.lines.count == count)
            #expect(try bench.daemon.payments().map { $0.text("reconciliation") } == ["scheduled"])
            try await bench.reload(Self.text(gateway, accounts: ["ecp", "new"]))
            try await bench.daemon.wait("the next poll") { gateway.lines.count > count }
        }
    }

    @Test func `an account that is back at once is not asked about what is under way since before`() async throws {
        let answer = try SignedCallback.ecommpay("EP-1", secret: "first")
        try await run([.answerLate(200, body: answer, after: .milliseconds(500))], accounts: ["ecp", "new"]) {
            bench,
            gateway in
            #expect(try await bench.post(pending("EP-1")) == "200")
            for await _ in gateway.requests { break }
            try await bench.reload(Self.text(gateway, accounts: ["new"]))
            try await bench.reload(Self.text(gateway, accounts: ["ecp", "new"]))
            _ = try await bench.daemon.payment("EP-1") { $0.text("state") == "succeeded" }
            #expect(gateway.lines.count == 1)
        }
    }

    @Test func `another schedule plans what is recorded from then on`() async throws {
        try await run([.answer(404)], accounts: ["ecp"], firstAfter: "1h") { bench, gateway in
            #expect(try await bench.post(pending("EP-1")) == "200")
            try await bench.reload(Self.text(gateway, accounts: ["ecp"]))
            #expect(try bench.lines("changed=reconcile.first_after").count == 1)
            #expect(try await bench.post(pending("EP-2")) == "200")
            _ = try await bench.daemon.payment("EP-2") { $0.text("polls") != "0" }
            _ = try await bench.daemon.payment("EP-1") { $0.text("polls") == "0" }
        }
    }

    @Test func `a poll that is under way is finished as it was begun, though its account is gone`() async throws {
        let answer = try SignedCallback.ecommpay("EP-1", secret: "first")
        try await run([.answerLate(200, body: answer, after: .milliseconds(300))], accounts: ["ecp", "new"]) {
            bench,
            gateway in
            #expect(try await bench.post(pending("EP-1")) == "200")
            for await _ in gateway.requests { break }
            try await bench.reload(Self.text(gateway, accounts: ["new"]))
            #expect(try bench.lines("accounts.removed=ecp").count == 1)
            _ = try await bench.daemon.payment("EP-1") { $0.text("state") == "succeeded" }
        }
    }
}
