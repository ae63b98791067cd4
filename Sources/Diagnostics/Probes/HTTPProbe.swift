import AsyncHTTPClient
import ConfigurationFile
import Foundation
import NIOCore
import NIOHTTP1
import OutboundHTTP

/// Sends one bounded HTTP request. Never follows redirects, never retries.
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

    /// Creates a probe that is valid while the work runs.
    ///
    /// - Parameter timeout: the timeout for one response.
    static func with<Output>(
        version: String,
        timeout: Duration,
        trustStore: TrustStore,
        _ work: (HTTPProbe) async throws -> Output
    ) async throws -> Output {
        return try await HTTPClient.withHTTPClient(configuration: .strict(connectTimeout: .seconds(10))) { http in
            try await work(
                HTTPProbe(http: http, userAgent: "paystate/\(version)", timeout: timeout, trustStore: trustStore)
            )
        }
    }

    /// Sends a GET.
    ///
    /// - Parameter limit: maximum number of body bytes to read; with 0 the body is not awaited.
    func get(_ url: String, readingUpTo limit: Int = 4 << 20) async throws(TransportFailure) -> Answer {
        // The client's own timeout covers only the head of the response.
        let result = await withTimeout(timeout) { await answer(of: url, readingUpTo: limit) }
        guard let result else { throw .timedOut }
        return try result.get()
    }

    private func answer(of url: String, readingUpTo limit: Int) async -> Result<Answer, TransportFailure> {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: userAgent)
        request.headers.add(name: "Connection", value: "close")
        // For a socket the client has no host name to send, but HTTP/1.1 requires one.
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
            return .failure(TransportFailure(error, trustStore: trustStore) ?? .timedOut)
        }
    }
}

extension TransportFailure {
    /// What to do about it, for a server on the internet.
    var advice: String {
        switch self {
        case .noSuchName:
            "is the URL right, and does this machine resolve names (`getent hosts NAME`, /etc/resolv.conf)?"
        case .refused, .cannotConnect, .connectTimedOut, .noSocket, .forbidden, .unusableAddress:
            "is the URL right, and does a firewall let this machine out (`curl -v URL`)?"
        case .noAuthorities: TrustStoreCheck.advice
        case .notTrusted, .noTLS:
            "are the authorities of this machine up to date (package ca-certificates), its clock right, and is no proxy between?"
        case .timedOut: "is the URL right, and does a firewall drop what this machine sends (`curl -v URL`)?"
        case .connectionBroken, .notHTTP, .cannotDecompress, .tooLarge:
            "does something between here and there break connections (`curl -v URL`)?"
        }
    }
}

extension AdminAddress {
    /// The URL of a path at the daemon that has this address.
    func url(of path: String) -> String {
        switch self {
        case .loopback(let address): "http://\(address)\(path)"
        case .socket(let file): URL(httpURLWithSocketPath: file, uri: path)?.absoluteString ?? ""
        }
    }
}
