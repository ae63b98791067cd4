import Foundation
import Ledger
import TestSupport
import Testing

/// `paystate acknowledge` closes an anomaly, with and without a daemon.
@Suite struct AcknowledgedTests {
    @Test(arguments: [true, false])
    func `an anomaly is closed with the note, and shown with it`(_ daemonRuns: Bool) async throws {
        let daemon = try DaemonProcess(gateways: 1)
        defer { daemon.remove() }
        try await daemon.start()
        try await daemon.receive("EP-1", "teleported")
        if !daemonRuns { #expect(daemon.stop() == 0) }
        let arguments = ["acknowledge", "1", "--note", "agreed with the buyer", "--config", daemon.configuration]
        let closed = try await daemon.follow(arguments)
        #expect(closed.status == 0, "\(closed.errors)")
        let again = try await daemon.follow(arguments)
        #expect(again.status == 64)
        #expect(again.errors.contains("anomaly 1 is already closed: agreed with the buyer"))
        let chronicle = try #require(
            try LedgerReader(at: .file(path: daemon.database)).histories(named: "EP-1", account: "ecp").first
        )
        #expect(chronicle.anomalies.map { $0.text("resolution") } == ["agreed with the buyer"])
    }
}
