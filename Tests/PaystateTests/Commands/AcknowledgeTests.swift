import Foundation
import TestSupport
import Testing

/// `paystate acknowledge`, as its own process, with and without a daemon.
@Suite struct AcknowledgeTests {
    @Test func `an anomaly that is not there is told of, whoever holds the ledger`() async throws {
        let daemon = try DaemonProcess(gateways: 1)
        defer { daemon.remove() }
        let arguments = ["acknowledge", "17", "--note", "agreed", "--config", daemon.configuration]
        let alone = try await daemon.follow(arguments)
        #expect(alone.status == 66)
        #expect(alone.errors.contains("there is no anomaly 17"))
        try await daemon.start()
        let beside = try await daemon.follow(arguments + ["--json"])
        #expect(beside.status == 66)
        #expect(beside.errors == alone.errors)
    }

    static let unusable: [[String]] = [
        ["17"], ["17", "--note", ""], ["17", "--note", "a\nb"], ["0", "--note", "x"], ["x", "--note", "x"],
        ["--note", "x"], ["17", "--note", String(repeating: "x", count: 1001)],
    ]

    @Test(arguments: unusable)
    func `what cannot be meant is a usage error`(_ arguments: [String]) async throws {
        let daemon = try DaemonProcess(gateways: 1)
        defer { daemon.remove() }
        let answer = try await daemon.follow(["acknowledge"] + arguments + ["--config", daemon.configuration])
        #expect(answer.status == 64)
        #expect(!answer.errors.isEmpty)
    }
}
