import ConfigurationFile
import Daemon
import DaemonTestSupport
import Gateways
import Ledger
import Payments
import Synchronization
import Telemetry
import TestSupport
import Testing

/// A daemon whose clock runs ahead, and is corrected while it runs.
@Suite struct ClockTests {
    @Test func `plans and pauses go by the right clock again`() async throws {
        let ahead = Mutex(Duration.seconds(20 * 86_400))
        try await ScriptedGateway.play([.answer(503, headers: ["Retry-After: 3000"])]) { gateway in
            let secret = Secret(name: "test", bytes: Array(SignedCallback.secret.utf8))
            let ecommpay = try Ecommpay([
                "project_id": .integer(240), "api_url": .url(gateway.url), "secrets": .secrets([secret]),
            ])
            try await RunningDaemon.run {
                $0.accounts = [Account(name: "ecp", gateway: ecommpay)]
                $0.reconcile.schedule.firstAfter = .milliseconds(50)
            } now: {
                Timestamp.now() + ahead.withLock { $0 }
            } story: { daemon in
                try await daemon.receive("EP-1", "processing")
                try await daemon.wait("the pause") { try daemon.health() == ["unavailable"] }
                let later = (Timestamp.now() + .seconds(10 * 86_400)).text
                #expect(try Self.pause(daemon) > later)
                #expect(try daemon.payments().allSatisfy { $0.text("next_poll_at") > later })
                ahead.withLock { $0 = .zero }
                let soon = (Timestamp.now() + .seconds(3600)).text
                try await daemon.wait("the poll") {
                    try daemon.payments().allSatisfy { $0.text("next_poll_at") < soon }
                }
                try await daemon.wait("the end of the pause") { try Self.pause(daemon) < soon }
                #expect(try daemon.health() == ["unavailable"], "the gateway has asked for it")
            }
        }
    }

    private static func pause(_ daemon: RunningDaemon) throws -> String {
        try LedgerReader(at: .file(path: daemon.database)).health().first?.text("paused_until") ?? ""
    }
}
