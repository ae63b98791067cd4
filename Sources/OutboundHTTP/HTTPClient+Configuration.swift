package import AsyncHTTPClient
import Foundation
package import NIOCore

extension HTTPClient.Configuration {
    /// How all our clients connect: HTTP/1.1, no redirects, no proxy from the environment, no silent retries, and only
    /// responses that the client can handle.
    ///
    /// - Parameters:
    ///   - idleTimeout: how long a connection without a request is kept; shorter than servers keep theirs, so that a
    ///     request rarely meets one that is being closed.
    ///   - connectionsPerHost: how many connections to one host are open at once; further requests wait for one.
    package static func strict(
        connectTimeout: TimeAmount = .seconds(5),
        idleTimeout: TimeAmount = .seconds(4),
        connectionsPerHost: Int = 8,
        decompression: HTTPClient.Decompression = .disabled
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: connectTimeout),
            connectionPool: .init(
                idleTimeout: idleTimeout,
                concurrentHTTP1ConnectionsPerHostSoftLimit: connectionsPerHost
            ),
            proxy: nil,
            decompression: decompression
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = { ResponseHeadHandler.add(to: $0) }
        return configuration
    }
}

/// Where this machine keeps the certificates of the authorities that it trusts: the places in which SwiftNIO SSL looks.
///
/// Without any of them no gateway can be polled, and the TLS error ("not trusted", or nothing at all) blames the
/// gateway, which is not at fault.
package struct TrustStore: Sendable {
    package static let system = TrustStore(
        files: ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"],
        folder: "/etc/ssl/certs"
    )

    private let files: [String]
    private let folder: String

    /// - Parameters:
    ///   - files: PEM files, each with all certificates.
    ///   - folder: a folder with a file for each certificate.
    package init(files: [String], folder: String) {
        self.files = files
        self.folder = folder
    }

    /// Whether there is no certificate at all.
    package var isEmpty: Bool {
        let hasFile = files.contains { file in
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: URL(filePath: file).resolvingSymlinksInPath().path
            )
            return attributes?[.size] as? Int64 ?? 0 > 0
        }
        // A missing or unreadable folder does not count.
        return !hasFile && (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty ?? true
    }
}

/// Runs work for no longer than a timeout: after that, the work is cancelled and awaited until it has noticed.
///
/// - Returns: `nil` if the timeout came first.
package func withTimeout<Output: Sendable>(
    _ timeout: Duration,
    _ work: @escaping @Sendable () async -> Output
) async -> Output? {
    await withTaskGroup(of: Output?.self) { group in
        group.addTask { await work() }
        group.addTask {
            try? await Task.sleep(for: timeout)  // Fails only if cancelled; then the result is not needed.
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}
