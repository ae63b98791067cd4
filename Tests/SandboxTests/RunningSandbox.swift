import AsyncHTTPClient
import Foundation
import Gateways
import Hummingbird
import Logging
import LosslessJSON
import NIOCore
import NIOHTTP1
import Payments
import Sandbox
import ServiceLifecycle
import TestSupport

/// A real sandbox and a merchant's server, on free ports, with HTTP between them.
struct RunningSandbox: Sendable {
    struct Reply {
        let status: Int
        let retryAfter: String?
        let body: JSON
    }

    let sandbox: Sandbox
    let port: Int
    let inbox: Inbox

    /// Runs a test's story, and stops both gracefully when it ends.
    static func run(
        inbox: Inbox = Inbox(),
        _ adapt: @escaping @Sendable (inout SandboxSettings) -> Void = { _ in },
        story: @escaping @Sendable (RunningSandbox) async throws -> Void
    ) async throws {
        let (ports, open) = AsyncStream<Int>.makeStream()
        try await serving(inbox.application { open.yield($0) }) {
            guard let merchant = await ports.first(where: { _ in true }) else { return }
            let base = "http://127.0.0.1:\(merchant)/callbacks"
            var settings = SandboxSettings(
                accounts: [
                    .ecommpay(callbacks: "\(base)/sandbox-ecommpay"),
                    try .ecomcharge(callbacks: "\(base)/sandbox-ecomcharge"),
                ],
                seed: 3
            )
            settings.port = 0
            settings.timeScale = 1000
            adapt(&settings)
            let (ports, open) = AsyncStream<Int>.makeStream()
            let sandbox = Sandbox(
                settings,
                logger: .silent,
                now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
                listening: { open.yield($0) }
            )
            try await serving(sandbox) {
                guard let port = await ports.first(where: { _ in true }) else { return }
                try await story(RunningSandbox(sandbox: sandbox, port: port, inbox: inbox))
            }
        }
    }

    /// Runs a service as long as a story takes, and stops it gracefully.
    static func serving(_ service: any Service, story: @escaping @Sendable () async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [service], logger: .silent)
        )
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                do {
                    try await story()
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    /// - Parameter body: text is sent with POST; `nil` means GET.
    func request(_ path: String, _ body: String? = nil, authorization: String? = nil) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        if let body {
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: body))
        }
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Reply(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After"),
            body: (try? JSON(reading: Array(bytes.readableBytesView))) ?? .null  // Not every body is JSON.
        )
    }

    /// Waits until no events are left, for ten seconds at most.
    func untilQuiet() async throws {
        _ = try await eventually { sandbox.isQuiet }
    }
}
