import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Knocks at HTTP servers: one bounded request, whatever the answer. It follows nothing, and repeats nothing.
struct HTTPProbe: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    private let http: HTTPClient
    private let userAgent: String
    private let timeout: Duration
    private let trustStore: TrustStore

    /// Knocks for as long as the work lasts.
    ///
    /// - Parameter patience: For one answer.
    static func with<Output>(
        version: String,
        timeout: Duration,
        trustStore: TrustStore,
        _ work: (HTTPProbe) async throws -> Output
    ) async throws -> Output {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            proxy: nil,
            decompression: .disabled
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
            try await work(
                HTTPProbe(http: http, userAgent: "paystate/\(version)", timeout: timeout, trustStore: trustStore)
            )
        }
    }

    /// Asks for a resource.
    ///
    /// - Parameter limit: how much of the body is wanted, in bytes; of nought, none is waited for.
    func probe(_ url: String, readingUpTo limit: Int = 4 << 20) async throws(Unreachable) -> Answer {
        // The client's own timeout ends with the head of the answer.
        let result = await withTimeout(timeout) { await answer(of: url, readingUpTo: limit) }
        guard let result else { throw .tooSlow }
        return try result.get()
    }

    private func answer(of url: String, readingUpTo limit: Int) async -> Result<Answer, Unreachable> {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: userAgent)
        request.headers.add(name: "Connection", value: "close")
        // Of a socket the client knows no name to send, but HTTP/1.1 wants one.
        if url.hasPrefix("http+unix:") { request.headers.add(name: "Host", value: "localhost") }
        do {
            let response = try await http.execute(request, timeout: TimeAmount(timeout))
            var body = ByteBuffer()
            if limit > 0 {
                for try await piece in response.body {
                    body.writeImmutableBuffer(piece)
                    guard body.readableBytes < limit else { break }
                }
            }
            return .success(
                Answer(
                    status: Int(response.status.code),
                    headers: response.headers,
                    body: String(decoding: body.readableBytesView, as: UTF8.self)
                )
            )
        } catch {
            return .failure(Unreachable(error, trustStore: trustStore))
        }
    }
}
