import AsyncHTTPClient
import ConfigurationFile
import NIOCore
import NIOHTTP1
package import OutboundHTTP
package import Payments
import Synchronization

/// The single HTTP client of all targets: all its work is bounded, and nothing can lead it elsewhere.
///
/// Redirects are not followed, proxies from the environment are not used, and certificates are verified against the
/// system's authorities. A request is sent once: whatever becomes of it is an attempt.
package struct DeliveryClient: Sendable {
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
        _ delivery: DeliveryRequest,
        timeout: Duration
    ) async throws(CancellationError) -> DeliveryAnswer {
        let reader = HeadReader()
        do {
            let deadline = NIODeadline.now() + TimeAmount(timeout)
            let exchange = client.execute(request: try request(for: delivery), delegate: reader, deadline: deadline)
            try await withTaskCancellationHandler {
                try await exchange.get()
            } onCancel: {
                exchange.cancel()
            }
        } catch {
            // Once the status has arrived there is an answer, whatever becomes of the rest.
            if reader.head == nil {
                guard !Task.isCancelled, let failure = TransportFailure(error, trustStore: trustStore) else {
                    throw CancellationError()
                }
                return .trouble(failure)
            }
        }
        guard let head = reader.head else { return .trouble(.notHTTP) }
        let retryAfter = head.headers.first(name: "Retry-After").flatMap { Duration(retryAfter: $0, at: now()) }
        return .status(Int(head.status.code), retryAfter: retryAfter)
    }

    /// Cancels requests under way and closes every connection.
    package func shutdown() async {
        try? await client.shutdown()  // Fails only if it was shut down before.
    }

    private func request(for delivery: DeliveryRequest) throws -> HTTPClient.Request {
        var headers = HTTPHeaders(delivery.headers.map { ($0.name, $0.value) })
        headers.add(name: "User-Agent", value: userAgent)
        let body = HTTPClient.Body.byteBuffer(ByteBuffer(bytes: delivery.body))
        return try HTTPClient.Request(url: delivery.url.text, method: .POST, headers: headers, body: body)
    }
}

/// Keeps the beginning of an answer, and reads the rest only so that its connection can be used again: an answer that is
/// too large loses it.
private final class HeadReader: HTTPClientResponseDelegate {
    private struct State {
        var head: HTTPResponseHead?
        var (size, parts) = (0, 0)

        var isTooLarge: Bool { size > HeadReader.largestBody || parts > HeadReader.mostParts }
    }

    /// How much of an answer is read; nobody looks at it.
    private static let largestBody = 64 << 10
    /// In pieces of one byte it would keep the event loop from others.
    private static let mostParts = 1024

    private let state = Mutex(State())

    var head: HTTPResponseHead? { state.withLock { $0.head } }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let isTooLarge = state.withLock { state in
            state.size += buffer.readableBytes
            state.parts += 1
            return state.isTooLarge
        }
        guard !isTooLarge else { return task.eventLoop.makeFailedFuture(TransportFailure.tooLarge) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) {}
}
