import AsyncHTTPClient
import ConfigurationFile
import NIOCore
import NIOHTTP1
package import OutboundHTTP
package import Payments

/// The single HTTP client of all targets: all its work is bounded, and nothing can lead it elsewhere.
///
/// Redirects are not followed, proxies from the environment are not used, and certificates are verified against the
/// system's authorities. A request is sent once: whatever becomes of it is an attempt.
package struct DeliveryClient: Sendable {
    /// How much of an answer is read; nobody looks at it.
    private static let largestBody = 64 << 10

    /// An answer's beginning.
    private enum Head: Sendable {
        case response(HTTPClientResponse)
        case trouble(TransportFailure)
    }

    private let client: HTTPClient
    private let userAgent: String
    private let trustStore: TrustStore
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - version: of this program.
    ///   - trustStore: consulted when TLS fails.
    package init(
        version: String,
        trustStore: TrustStore = .system,
        now: @escaping @Sendable () -> Timestamp
    ) {
        // The deliverers bound how many requests are under way: to wait for a connection here would look like a failure
        // of the target.
        client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .strict(connectionsPerHost: 1024)
        )
        userAgent = "paystate/\(version)"
        self.trustStore = trustStore
        self.now = now
    }

    /// Sends a request. Its connection is held for no longer than the timeout, however slowly the answer arrives.
    ///
    /// - Throws: if the task is cancelled or the client shut down, neither of which says anything about the target.
    package func send(
        _ request: DeliveryRequest,
        timeout: Duration
    ) async throws(CancellationError) -> DeliveryAnswer {
        let clock = ContinuousClock()
        let end = clock.now + timeout
        let head = await withTimeout(timeout) { await self.head(of: request, timeout) } ?? Head.trouble(.timedOut)
        guard let head else { throw CancellationError() }
        switch head {
        case .response(let response):
            // The status has arrived, so this is an answer even if the task is cancelled meanwhile.
            _ = await withTimeout(max(end - clock.now, .zero)) { await Self.discard(response.body) }
            let retryAfter = response.headers.first(name: "Retry-After").flatMap { Duration(retryAfter: $0, at: now()) }
            return .status(Int(response.status.code), retryAfter: retryAfter)
        case .trouble(let failure):
            guard !Task.isCancelled else { throw CancellationError() }
            return .trouble(failure)
        }
    }

    /// Cancels requests under way and closes every connection.
    package func shutdown() async {
        try? await client.shutdown()  // Fails only if it was shut down before.
    }

    /// The beginning of the answer; `nil` if the exchange was ended from this side.
    private func head(of delivery: DeliveryRequest, _ timeout: Duration) async -> Head? {
        var request = HTTPClientRequest(url: delivery.url.text)
        request.method = .POST
        request.headers = HTTPHeaders(delivery.headers.map { ($0.name, $0.value) })
        request.headers.add(name: "User-Agent", value: userAgent)
        request.body = .bytes(ByteBuffer(bytes: delivery.body))
        do {
            return .response(try await client.execute(request, deadline: .now() + TimeAmount(timeout)))
        } catch {
            return TransportFailure(error, trustStore: trustStore).map(Head.trouble)
        }
    }

    /// Reads an answer's body, so that its connection can be used again; one that is too large loses it.
    private static func discard(_ body: HTTPClientResponse.Body) async {
        var size = 0
        do {
            for try await piece in body {
                size += piece.readableBytes
                if size > largestBody { return }
            }
        } catch {
            // The status said what there is to know.
        }
    }
}
