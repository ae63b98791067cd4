import Daemon
import Ledger
import TestSupport
import Testing

@testable import paystate

/// `paystate deliver`: as its own process, with and without a daemon, and what it prints.
@Suite struct DeliverTests {
    @Test func `without a target there is nothing to do, whoever holds the ledger`() async throws {
        let daemon = try DaemonProcess(gateways: 1)
        defer { daemon.remove() }
        let arguments = ["deliver", "--config", daemon.configuration]
        let alone = try await daemon.follow(arguments)
        #expect(alone.status == 66)
        #expect(alone.errors.contains("no target is configured"))
        try await daemon.start()
        let beside = try await daemon.follow(arguments + ["--json"])
        #expect(beside.status == 66)
        #expect(beside.errors == alone.errors)
    }

    static let unusable: [[String]] = [
        ["--payment", "ORDER-17", "--callback", "1"], ["--callback", "1", "--from-seq", "1"], ["--callback", "0"],
        ["--callback", "x"], ["--from-seq", "0"], ["--from-seq", "1", "--drop"], ["--target", ""],
        ["--payment", " ORDER-17"], ["shop"],
    ]

    @Test(arguments: unusable)
    func `what cannot be meant is a usage error`(_ arguments: [String]) async throws {
        let daemon = try DaemonProcess(gateways: 1)
        defer { daemon.remove() }
        let answer = try await daemon.follow(["deliver"] + arguments + ["--config", daemon.configuration])
        #expect(answer.status == 64)
        #expect(!answer.errors.isEmpty)
    }

    private static let shop = "forward eu-shop/shop"

    static let told: [(answer: DeliveryAnswer, selection: DeliveryOrder.Selection, text: String)] = [
        (
            DeliveryAnswer(forwards: 12, targets: [shop], dropped: false), .undelivered,
            "12 callbacks are sent again to eu-shop/shop now."
        ),
        (
            DeliveryAnswer(forwards: 1, targets: [shop], dropped: false), .callback(17),
            "1 callback is sent again to eu-shop/shop now."
        ),
        (
            DeliveryAnswer(forwards: 2, targets: [shop], dropped: true), .undelivered,
            """
            2 callbacks for eu-shop/shop are given up: they are not sent any more. `paystate deliver` sends them after \
            all.
            """
        ),
        (
            DeliveryAnswer(forwards: 0, targets: [shop, "notify app"], dropped: false), .undelivered,
            """
            Nothing waits for eu-shop/shop, and nothing was given up.
            What app has not been told of is sent now.
            """
        ),
        (
            DeliveryAnswer(forwards: 0, targets: ["notify app"], dropped: true), .undelivered,
            "The event that was next for app is skipped; what follows is sent now."
        ),
        (
            DeliveryAnswer(forwards: 0, targets: ["notify app"], dropped: false), .fromSeq(1200),
            "Everything from event 1200 on is sent to app now."
        ),
        (DeliveryAnswer(forwards: 0, targets: [], dropped: true), .undelivered, "Nothing waits."),
    ]

    @Test func `the answer says how many callbacks, to whom and when`() {
        for (answer, selection, text) in Self.told {
            let order = DeliveryOrder(target: nil, account: nil, selection: selection, drops: answer.dropped)
            #expect(DeliverCommand.text(answer, to: order, isDaemon: true) == text)
        }
        let order = DeliveryOrder(target: nil, account: nil, selection: .undelivered, drops: false)
        #expect(
            DeliverCommand.text(Self.told[0].answer, to: order, isDaemon: false)
                == "12 callbacks are sent again to eu-shop/shop when a daemon is started, because none is running."
        )
    }
}
