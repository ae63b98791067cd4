import Daemon
import DaemonTestSupport
import Foundation
import TestSupport
import Testing

/// `POST /v1/deliver` on a daemon that has targets, none of which answers, through real sockets.
@Suite struct DeliveryTests {
    @Test func `what waits is tried again, given up, and sent after all`() async throws {
        try await Self.run { daemon in
            try await daemon.receive("EP-1", "processing")
            try await daemon.receive("EP-1", "success")
            try await daemon.receive("EP-2", "success")
            let all = try await Self.answer(daemon, #"{"target":"shop"}"#)
            #expect(all == DeliveryAnswer(forwards: 3, targets: ["forward ecp/shop"], dropped: false))
            let dropped = try await Self.answer(daemon, #"{"target":"shop","payment_id":"EP-1","drop":true}"#)
            #expect(dropped == DeliveryAnswer(forwards: 2, targets: ["forward ecp/shop"], dropped: true))
            let again = try await Self.answer(daemon, #"{"target":"shop","payment_id":"EP-1"}"#)
            #expect(again == DeliveryAnswer(forwards: 2, targets: ["forward ecp/shop"], dropped: false))
            let one = try await Self.answer(daemon, #"{"account":"ecp","callback":3}"#)
            #expect(one == DeliveryAnswer(forwards: 1, targets: ["forward ecp/shop"], dropped: false))
        }
    }

    @Test func `a notify target is told again from a number on`() async throws {
        try await Self.run { daemon in
            try await daemon.receive("EP-1", "success")
            let answer = try await Self.answer(daemon, #"{"target":"app","from_seq":1}"#)
            #expect(answer == DeliveryAnswer(forwards: 0, targets: ["notify app"], dropped: false))
        }
    }

    static let refused: [(status: String, body: String, words: String)] = [
        ("404", #"{"target":"shpo"}"#, "there is no target `shpo`: known are "),
        ("404", #"{"target":"shop","payment_id":"EP-9"}"#, "`EP-9`"),
        ("404", #"{"callback":99}"#, "there is no callback 99"),
        ("409", #"{"target":"shop","from_seq":1}"#, "notify"),
        ("409", #"{"target":"app","callback":1}"#, "forward"),
        ("409", #"{"target":"app","payment_id":"EP-1"}"#, "forward"),
    ]

    @Test func `what is not there, or not for the target, is refused with the reason`() async throws {
        try await Self.run { daemon in
            try await daemon.receive("EP-1", "success")
            for (status, body, words) in Self.refused {
                let (answered, text) = try await Self.deliver(daemon, body)
                #expect(answered == status, "\(body)")
                let refusal = try JSONDecoder().decode(ErrorAnswer.self, from: Data(text.utf8))
                #expect(refusal.error.contains(words), "\(refusal.error)")
            }
        }
    }

    /// Nothing listens at the targets' port.
    private static func run(_ story: @escaping @Sendable (RunningDaemon) async throws -> Void) async throws {
        try await RunningDaemon.run(deliveringTo: unusedPort(), story: story)
    }

    private static func answer(_ daemon: RunningDaemon, _ body: String) async throws -> DeliveryAnswer {
        let (status, text) = try await deliver(daemon, body)
        #expect(status == "200", "\(text)")
        return try JSONDecoder().decode(DeliveryAnswer.self, from: Data(text.utf8))
    }

    private static func deliver(
        _ daemon: RunningDaemon,
        _ body: String
    ) async throws -> (status: String, body: String) {
        let text = request("POST", "/v1/deliver", ["Content-Type: application/json"], body: body)
        let answer = try await RawConnection.ask(daemon.adminPort, text)
        return (answer.statuses.first ?? "", String(answer.text.split(separator: "\r\n\r\n").last ?? ""))
    }
}
