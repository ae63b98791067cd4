import AsyncHTTPClient
import Gateways
import LosslessJSON
import NIOCore
import NIOHTTP1
import Payments
import Sandbox
import TestSupport

/// A shop's plugin on a free port.
struct RunningPlugin: Sendable {
    struct Reply: Equatable {
        let status: Int
        let retryAfter: String?
        let body: JSON
    }

    let plugin: ShopPlugin
    let port: Int

    /// The accounts of a plugin whose project has the secret of the fixtures.
    static func accounts() throws -> [SandboxAccount] {
        let secret = Secret(name: "test", bytes: Array(try Fixtures.read().secret.utf8))
        return [
            SandboxAccount(name: "project", keys: .ecommpay(projectID: 240, secret: secret), callbacks: nil),
            try .ecomcharge("shop", callbacks: nil),
        ]
    }

    /// Runs a test's story, and stops the plugin gracefully when it ends.
    static func run(
        now: Timestamp = Timestamp(milliseconds: 1_795_341_601_000),
        _ adapt: @escaping @Sendable (inout PluginSettings) throws -> Void = { _ in },
        story: @escaping @Sendable (RunningPlugin) async throws -> Void
    ) async throws {
        var settings = PluginSettings(accounts: try accounts(), seed: 5)
        settings.port = 0
        try adapt(&settings)
        let (ports, open) = AsyncStream<Int>.makeStream()
        let plugin = try ShopPlugin(settings, logger: .silent, now: { now }, listening: { open.yield($0) })
        try await RunningSandbox.serving(plugin) {
            guard let port = await ports.first(where: { _ in true }) else { return }
            try await story(RunningPlugin(plugin: plugin, port: port))
        }
    }

    func post(_ path: String, _ body: [UInt8], _ headers: [String: String] = [:]) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .POST
        request.body = .bytes(ByteBuffer(bytes: body))
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await reply(to: request)
    }

    /// What it says about its orders.
    func orders(_ query: String = "") async throws -> Reply {
        try await reply(to: HTTPClientRequest(url: "http://127.0.0.1:\(port)/orders\(query)"))
    }

    private func reply(to request: HTTPClientRequest) async throws -> Reply {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Reply(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After"),
            body: (try? JSON(reading: Array(bytes.readableBytesView))) ?? .null  // Not every body is JSON.
        )
    }
}
