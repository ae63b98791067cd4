import AsyncHTTPClient
package import Gateways
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
package import OutboundHTTP

/// The single HTTP client of all accounts: all its work is bounded, and nothing can lead it to another host.
///
/// Redirects are not followed, proxies from the environment are not used, and certificates are verified against the
/// system's authorities. Answers may be compressed (gzip, deflate): the size limit applies to the decompressed body.
package struct GatewayClient: Sendable {
    /// The result of a status request.
    package enum Sent: Sendable {
        /// - Parameter retryAfter: The header of that name, as received.
        case answered(StatusResponse, retryAfter: String?)
        case trouble(TransportFailure)
    }

    private static let largestBody = 256 << 10

    private let client: HTTPClient
    private let userAgent: String
    private let timeout: Duration
    private let trustStore: TrustStore

    /// - Parameters:
    ///   - version: Of this program; the gateways' support asks which client sent a request.
    ///   - timeout: From the start of the request to the last byte of its answer.
    ///   - trustStore: Consulted when TLS fails.
    package init(version: String, timeout: Duration = .seconds(15), trustStore: TrustStore = .system) {
        let configuration = HTTPClient.Configuration.strict(
            // The pollers bound how many polls are in flight: waiting for a connection here would look like a gateway
            // failure.
            connectionsPerHost: 1024,
            decompression: .enabled(limit: .size(Self.largestBody))
        )
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        userAgent = "paystate/\(version)"
        self.timeout = timeout
        self.trustStore = trustStore
    }

    /// Sends a status request and reads its answer, however slowly it arrives, within the timeout.
    ///
    /// - Throws: if the task is cancelled or the client shut down, neither of which says anything about the gateway.
    package func send(_ statusRequest: StatusRequest) async throws(CancellationError) -> Sent {
        let sent = await withTimeout(timeout) { await exchange(statusRequest) } ?? Sent.trouble(.timedOut)
        guard let sent, !Task.isCancelled else { throw CancellationError() }
        return sent
    }

    /// Cancels requests under way and closes every connection.
    package func shutdown() async {
        try? await client.shutdown()  // Fails only if it was shut down before.
    }

    /// The result; `nil` if the exchange was ended from this side.
    private func exchange(_ statusRequest: StatusRequest) async -> Sent? {
        do {
            let response = try await response(to: statusRequest)
            let body = try await response.body.collect(upTo: Self.largestBody)
            let answer = StatusResponse(status: Int(response.status.code), body: Array(body.readableBytesView))
            return .answered(answer, retryAfter: response.headers.first(name: "Retry-After"))
        } catch {
            return TransportFailure(error, trustStore: trustStore).map(Sent.trouble)
        }
    }

    /// The response up to its body.
    ///
    /// A connection that breaks before that was most likely an idle one that the other side was already closing, so the
    /// request is sent once more; it changes nothing (RFC 9110, section 9.2.2).
    private func response(to statusRequest: StatusRequest) async throws -> HTTPClientResponse {
        let request = request(for: statusRequest)
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        do {
            return try await client.execute(request, deadline: deadline)
        } catch {
            guard TransportFailure(error, trustStore: trustStore) == .connectionBroken else { throw error }
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
