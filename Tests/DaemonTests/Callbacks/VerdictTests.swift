import Daemon
import DaemonTestSupport
import Ledger
import TestSupport
import Testing

/// The outcome of correctly signed callbacks, through a real socket.
@Suite struct VerdictTests {
    static let callbacks: [(members: String, verdict: String, effect: String)] = [
        (#","method":"card","description":"Smith &amp; Sons""#, "valid", "applied"),
        // Types are not signed, and nothing escapes a semicolon.
        (#","method":5"#, "ambiguous", "held"), (#","date":{"date":"2026-11-20"}"#, "ambiguous", "held"),
        (#","description":"x;payment:id:EP-2""#, "ambiguous", "held"),
    ]

    @Test(arguments: callbacks)
    func `a callback is applied only if its signature proves what it says`(
        line: (members: String, verdict: String, effect: String)
    ) async throws {
        try await RunningDaemon.run { daemon in
            let callback = try SignedCallback.ecommpay("EP-1", members: line.members)
            #expect(try await RawConnection.ask(daemon.port, request(body: callback)).statuses == ["200"])
            let rows = try daemon.callbacks("EP-1")
            #expect(rows.map { $0.text("verdict") } == [line.verdict])
            #expect(rows.map { $0.text("effect") } == [line.effect])
        }
    }
}
