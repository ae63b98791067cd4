import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Carries callbacks to the merchant, as the gateways do: a POST of JSON, to be answered 200.
struct Courier: Sendable {
    let accounts: [SandboxAccount]
    let client: HTTPClient

    /// How long an answer may take, and how long a connection.
    private static let timeout = TimeAmount.seconds(10)

    /// A client that follows no redirect (a callback that is sent elsewhere was not taken), and keeps few connections.
    static func makeClient(connections: Int) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.idleTimeout = .seconds(10)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func deliver(_ letter: Letter) async -> Delivery {
        do {
            let response = try await client.execute(request(for: letter), timeout: Self.timeout)
            // The body says nothing, but a connection is used again only when it was read.
            _ = try await response.body.collect(upTo: 64 * 1024)
            return .answered(status: Int(response.status.code))
        } catch {
            return .unanswered
        }
    }

    private func request(for letter: Letter) throws -> HTTPClientRequest {
        let account = accounts[letter.account]
        var request = HTTPClientRequest(url: account.callbacks ?? "")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "paystate-sandbox")
        for (name, value) in try account.headers(for: letter.body) { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: letter.body))
        return request
    }
}
