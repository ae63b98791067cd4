import Daemon
import DaemonTestSupport
import Foundation
import Ledger
import TestSupport
import Testing

/// `POST /v1/acknowledge` closes an anomaly, through real sockets.
@Suite struct AcknowledgementTests {
    @Test func `an anomaly is closed with a note, once, and stands so in the story of its payment`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "teleported")
            let body = #"{"anomaly":1,"note":"teleport “paid”, agreed"}"#
            let (status, answer) = try await Self.acknowledge(daemon, body)
            #expect(status == "200")
            let closed = try JSONDecoder().decode(AcknowledgementAnswer.self, from: Data(answer.utf8))
            #expect(closed.anomaly == 1)
            #expect(closed.kind == "unknown_status")
            #expect(closed.account == "ecp")
            #expect(closed.paymentID == "EP-1")
            #expect(closed.instruction > 0)
            let chronicle = try #require(
                try LedgerReader(at: .file(path: daemon.database)).histories(named: "EP-1", account: "ecp").first
            )
            #expect(chronicle.anomalies.map { $0.text("resolution") } == ["teleport “paid”, agreed"])
            let (again, refusal) = try await Self.acknowledge(daemon, #"{"anomaly":1,"note":"once more"}"#)
            #expect(again == "409")
            #expect(refusal.contains("teleport “paid”, agreed"), "with what it was closed")
        }
    }

    private static func acknowledge(
        _ daemon: RunningDaemon,
        _ body: String
    ) async throws -> (status: String, body: String) {
        let text = request("POST", "/v1/acknowledge", ["Content-Type: application/json"], body: body)
        let answer = try await RawConnection.ask(daemon.adminPort, text)
        return (answer.statuses.first ?? "", String(answer.text.split(separator: "\r\n\r\n").last ?? ""))
    }
}
