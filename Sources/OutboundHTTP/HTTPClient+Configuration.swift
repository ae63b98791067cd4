package import AsyncHTTPClient
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
