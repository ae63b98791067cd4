import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Payments
import Sandbox
import ServiceLifecycle
import Telemetry
import TestSupport
import Testing
import paystate

/// What the commands of the documents need: a folder with the configuration, a ledger in which the documents' payments
/// and anomalies are, and the other files that they name.
final class CommandBench {
    let runs: CommandRuns
    private let daemon: DaemonProcess
    private let gateways: Int

    init() async throws {
        let port = try unusedPort()
        gateways = port
        daemon = try DaemonProcess(in: TemporaryFolder()) { callbacks, admin in
            CommandBench.configuration(callbacks: callbacks, admin: admin, gateways: port)
        }
        runs = CommandRuns(template: daemon.folder)
        do {
            try await prepare()
        } catch {
            remove()
            throw error
        }
    }

    func remove() {
        daemon.remove()
    }

    /// Each callback has a status word that is unknown, and so it opens an anomaly: that of ORDER-17 is number 17.
    private func prepare() async throws {
        try await daemon.start()
        for number in 1...17 { try await daemon.receive("ORDER-\(number)", "teleported", account: "eu-shop") }
        #expect(daemon.stop() == 0)
        let folder = daemon.folder
        let files = FileManager.default
        for name in ["backups", "var"] {
            try files.createDirectory(at: folder.file(name), withIntermediateDirectories: false)
        }
        try files.copyItem(at: folder.file("paystate.yaml"), to: folder.file("sandbox.yaml"))
        try files.copyItem(atPath: folder.database, toPath: folder.path("var/demo.db"))
        let list = try #require(Document.all.flatMap { $0.blocks("csv") }.first)
        try folder.write(list, to: "orders.csv")
    }

    /// Runs a daemon on the ledger in this folder, and gateways that know ORDER-17.
    func withDaemon(_ story: (_ folder: TemporaryFolder) async throws -> Void) async throws {
        var settings = SandboxSettings(
            accounts: [.ecommpay("eu-shop", callbacks: nil), try .ecomcharge("by-shop", callbacks: nil)],
            seed: 17
        )
        settings.port = gateways
        let logger = Logger.silent
        let sandbox = Sandbox(settings, logger: logger, now: Timestamp.now)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [sandbox], logger: logger)
        )
        try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await makePayment()
                try await daemon.start()
                try await story(daemon.folder)
                #expect(daemon.stop() == 0)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
        }
    }

    /// Makes ORDER-17 at the gateway, as soon as that answers.
    private func makePayment() async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(gateways)/sandbox/payments")
        request.method = .POST
        request.body = .bytes(
            ByteBuffer(string: #"{"account":"eu-shop","amount_minor":5200,"currency":"EUR","reference":"ORDER-17"}"#)
        )
        let isAnswered = try await eventually {
            // Not yet listening.
            guard let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(2)) else { return false }
            #expect(answer.status.code == 200)
            return true
        }
        #expect(isAnswered, "the sandbox does not answer")
    }

    private static func configuration(callbacks: Int, admin: Int, gateways: Int) -> String {
        """
        database: paystate.db
        listen: 127.0.0.1:\(callbacks)
        admin: [127.0.0.1:\(admin)]
        accounts:
          eu-shop:
            gateway: ecommpay
            project_id: \(SandboxKeys.projectID)
            secrets: [{value: \(SandboxKeys.secret)}]
            api_url: http://127.0.0.1:\(gateways)
            forward: [{to: "http://127.0.0.1:\(gateways)/plugin", name: shop}]
          by-shop:
            gateway: ecomcharge
            shop_id: \(SandboxKeys.shopID)
            secret: {value: \(SandboxKeys.secret)}
            public_key: {value: \(SandboxKeys.publicKey)}
            checkout_url: http://127.0.0.1:\(gateways)
            gateway_url: http://127.0.0.1:\(gateways)
            api_url: http://127.0.0.1:\(gateways)
        notify:
          - to: http://127.0.0.1:\(gateways)/app
            name: app
            secret: {value: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
        """
    }
}
