import AsyncHTTPClient
package import Gateways
import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// The one HTTP client of all accounts: everything it does is bounded, and nothing leads it elsewhere.
///
/// Redirects are not followed, no proxy is looked for in the environment, and certificates are verified against the system's
/// authorities. Answers may be compressed (gzip, deflate): what counts is how large they are when they are not.
package struct GatewayClient: Sendable {
    /// What became of a question.
    package enum Sent: Sendable {
        /// - Parameter retryAfter: The header of that name, as it came.
        case answered(StatusResponse, retryAfter: String?)
        case trouble(Trouble)
    }

    private static let largestBody = 256 << 10

    private let client: HTTPClient
    private let userAgent: String
    private let timeout: Duration
    private let trustStore: TrustStore

    /// - Parameters:
    ///   - version: Of this program; gateways' support asks who it was that asked.
    ///   - patience: From the beginning of the question to the last byte of its answer.
    ///   - trustStore: What is looked at where TLS fails.
    package init(version: String, timeout: Duration = .seconds(15), trustStore: TrustStore = .system) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)),
            // Shorter than servers keep idle connections, so that a question rarely meets one that is being closed. How many
            // questions are under way is bounded by those who ask: waiting here would look like trouble of the gateway.
            connectionPool: .init(idleTimeout: .seconds(4), concurrentHTTP1ConnectionsPerHostSoftLimit: 1024),
            proxy: nil,
            decompression: .enabled(limit: .size(Self.largestBody))
        )
        // Trouble is met with the account's pause, and told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = { ResponseHeadHandler.add(to: $0) }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        userAgent = "paystate/\(version)"
        self.timeout = timeout
        self.trustStore = trustStore
    }

    /// Sends a question and reads its answer, however slowly it comes, within the patience.
    ///
    /// - Throws: if the task is cancelled or the client shut down: that says nothing of the gateway.
    package func send(_ statusRequest: StatusRequest) async throws(CancellationError) -> Sent {
        let sent = await withTimeout(timeout) { await exchange(statusRequest) } ?? Sent.trouble(.timedOut)
        guard let sent, !Task.isCancelled else { throw CancellationError() }
        return sent
    }

    /// Ends what is under way and closes every connection.
    package func shutdown() async {
        try? await client.shutdown()  // Fails only if it was shut down before.
    }

    /// nil if it was ended from this side.
    private func exchange(_ statusRequest: StatusRequest) async -> Sent? {
        do {
            let response = try await response(to: statusRequest)
            let body = try await response.body.collect(upTo: Self.largestBody)
            let answer = StatusResponse(status: Int(response.status.code), body: Array(body.readableBytesView))
            return .answered(answer, retryAfter: response.headers.first(name: "Retry-After"))
        } catch {
            return Trouble(error, trustStore: trustStore).map(Sent.trouble)
        }
    }

    /// The response up to its body. A connection that breaks before that was most likely an idle one that the other side was
    /// closing already, so the question is put once more; it changes nothing (RFC 9110, section 9.2.2).
    private func response(to statusRequest: StatusRequest) async throws -> HTTPClientResponse {
        let request = request(for: statusRequest)
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        do {
            return try await client.execute(request, deadline: deadline)
        } catch {
            guard Trouble(error, trustStore: trustStore) == .connectionBroken else { throw error }
            return try await client.execute(request, deadline: deadline)
        }
    }

    private func request(for statusRequest: StatusRequest) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: statusRequest.url)
        request.method = HTTPMethod(rawValue: statusRequest.method.rawValue)
        request.headers = HTTPHeaders(statusRequest.headers.map { ($0.name, $0.value) })
        request.headers.add(name: "User-Agent", value: userAgent)
        if !statusRequest.body.isEmpty {
            request.body = .bytes(ByteBuffer(bytes: statusRequest.body))
        }
        return request
    }
}
