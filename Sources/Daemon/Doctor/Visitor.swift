import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Knocks at HTTP servers: one bounded request, whatever the answer. It follows nothing, and repeats nothing.
struct Visitor: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    private let http: HTTPClient
    private let userAgent: String
    private let patience: Duration

    /// Knocks for as long as the work lasts.
    ///
    /// - Parameter patience: For one answer.
    static func with<Output>(
        version: String,
        patience: Duration,
        _ work: (Visitor) async throws -> Output
    ) async throws -> Output {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            proxy: nil,
            decompression: .disabled
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
            try await work(Visitor(http: http, userAgent: "paystate/\(version)", patience: patience))
        }
    }

    /// Asks for a resource, and reads the beginning of what is answered.
    func visit(_ url: String) async throws(Unreachable) -> Answer {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: userAgent)
        request.headers.add(name: "Connection", value: "close")
        do {
            let response = try await http.execute(request, timeout: TimeAmount(patience))
            var body = ByteBuffer()
            for try await piece in response.body {
                body.writeImmutableBuffer(piece)
                guard body.readableBytes < 4 << 20 else { break }
            }
            return Answer(
                status: Int(response.status.code),
                headers: response.headers,
                body: String(decoding: body.readableBytesView, as: UTF8.self)
            )
        } catch {
            throw Unreachable(error)
        }
    }
}
