import ConfigurationFile
import DaemonTestSupport
import Gateways
import Ledger
import Logging
import Payments
import Telemetry
import TestSupport

/// The real daemon with a scripted target, to which account `ecp` forwards its callbacks, or which is notified.
struct DeliveryBench: Sendable {
    /// The key of the target `app`.
    static let key: [UInt8] = Array("a key of at least 24 bytes".utf8)

    let daemon: RunningDaemon
    let target: ScriptedGateway

    /// Runs a daemon that forwards.
    ///
    /// - Parameter script: the target's act for the n-th request.
    static func forwarding(
        timeout: Duration = .seconds(15),
        giveUpAfter: Duration = .seconds(86_400),
        logger: Logger = .silent,
        by script: @escaping @Sendable (Int) -> ScriptedGateway.Act,
        story: @escaping @Sendable (DeliveryBench) async throws -> Void
    ) async throws {
        try await ScriptedGateway.play(by: script) { target in
            let forward = ForwardTarget(
                name: "shop",
                url: try DeliveryURL("\(target.url)/?wc-api=ecommpay"),
                timeout: timeout,
                giveUpAfter: giveUpAfter
            )
            try await run(target, logger: logger, { $0.accounts = try accounts(forwardingTo: forward) }, story: story)
        }
    }

    /// Runs a daemon that notifies.
    static func notifying(
        in folder: TemporaryFolder? = nil,
        _ target: ScriptedGateway,
        story: @escaping @Sendable (DeliveryBench) async throws -> Void
    ) async throws {
        let app = NotifyTarget(
            name: "app",
            url: try DeliveryURL(target.url),
            secret: Secret(name: "app", bytes: key)
        )
        try await run(target, logger: .silent) { configuration in
            if let folder { configuration.database = .file(folder.database) }
            configuration.notify = [app]
        } story: {
            try await story($0)
        }
    }

    private static func run(
        _ target: ScriptedGateway,
        logger: Logger,
        _ adapt: (inout Configuration) throws -> Void,
        story: @escaping @Sendable (DeliveryBench) async throws -> Void
    ) async throws {
        try await RunningDaemon.run(adapt, now: Timestamp.now, logger: logger) { daemon in
            try await story(DeliveryBench(daemon: daemon, target: target))
        }
    }

    private static func accounts(forwardingTo target: ForwardTarget) throws -> [Account] {
        let secret = SettingValue.secrets([Secret(name: "test", bytes: Array(SignedCallback.secret.utf8))])
        let shop = try EComCharge(["shop_id": .integer(1673), "secret": secret, "authentication": .word("basic")])
        return [
            Account(
                name: "ecp",
                gateway: try Ecommpay(["project_id": .integer(240), "secrets": secret]),
                forwards: [target]
            ),
            Account(name: "ecb", gateway: shop, forwards: [target]),
        ]
    }

    /// Posts a body, and expects that it is taken.
    func post(_ body: String, to account: String = "ecp", headers: [String] = []) async throws {
        let text = request("POST", "/callbacks/\(account)", headers, body: body)
        let statuses = try await RawConnection.ask(daemon.port, text).statuses
        guard statuses == ["200"] else { throw Refused(statuses: statuses) }
    }

    /// The daemon did not take what it should have taken.
    private struct Refused: Error {
        let statuses: [String]
    }

    /// Waits until the target has read so many requests.
    func requests(_ count: Int) async throws {
        try await daemon.wait("\(count) requests") { target.received.count >= count }
    }

    /// The bodies that the target has read, as text.
    var bodies: [String] { target.bodies.map { String(decoding: $0, as: UTF8.self) } }

    /// The values of a header in the requests that the target has read.
    func values(_ header: String) -> [String?] {
        target.received.map { request in
            request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(header.lowercased()): ") }
                .map { String($0.dropFirst(header.count + 2)) }
        }
    }

    /// A column of the row of account ecp's target in the view `targets`; empty if it is NULL.
    func column(_ name: String) async throws -> String {
        let rows = try await LedgerReader(at: .file(path: daemon.database)).targets()
        return rows.first { $0.text("account") == "ecp" }?.text(name) ?? ""
    }
}
