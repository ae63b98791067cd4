import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a server gave no answer.
package enum Unreachable: Error, Sendable, Equatable {
    case noSuchName
    /// There is a machine or a socket, but nobody listens, or nobody may come in.
    case noConnection(String)
    /// This machine trusts nobody who could vouch for a server.
    case noAuthorities
    case certificate(String)
    case tooSlow
    case brokenOff(String)
}

extension Unreachable: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noSuchName: "there is no such name (DNS)"
        case .noConnection(let reason): "cannot connect (\(reason))"
        case .noAuthorities: "TLS fails, for no trusted certificates are installed on this machine"
        case .certificate(let reason): "connected, but TLS fails (\(reason))"
        case .tooSlow: "no answer in time"
        case .brokenOff(let reason): "the connection broke (\(reason))"
        }
    }

    /// What to do about it, of a server on the internet.
    var advice: String {
        switch self {
        case .noSuchName:
            "is the URL right, and does this machine resolve names (`getent hosts NAME`, /etc/resolv.conf)?"
        case .noConnection: "is the URL right, and does a firewall let this machine out (`curl -v URL`)?"
        case .noAuthorities: TrustStoreCheck.advice
        case .certificate:
            "are the authorities of this machine up to date (package ca-certificates), its clock right, and is no proxy between?"
        case .tooSlow: "is the URL right, and does a firewall drop what this machine sends (`curl -v URL`)?"
        case .brokenOff: "does something between here and there break connections (`curl -v URL`)?"
        }
    }
}

extension Unreachable {
    /// - Parameters:
    ///   - error: What AsyncHTTPClient or SwiftNIO threw.
    ///   - trustStore: Where TLS fails, it is looked at whether there is anybody who could have vouched for the server.
    package init(_ error: any Error, trustStore: TrustStore = .system) {
        guard error is NIOSSLError || error is BoringSSLError, trustStore.isEmpty else {
            self.init(error)
            return
        }
        self = .noAuthorities
    }

    private init(_ error: any Error) {
        switch error {
        case let error as NIOConnectionError: self.init(error)
        case let error as IOError: self = .noConnection(String(cString: strerror(error.errnoCode)))
        case ChannelError.connectTimeout: self = .tooSlow
        case let error as HTTPClientError where Self.timeouts.contains(error): self = .tooSlow
        case NIOSSLError.handshakeFailed(let error): self = .certificate(Self.reason(of: error))
        case is NIOSSLError, is NIOSSLExtraError: self = .certificate("\(error)")
        default: self = .brokenOff("\(error)")  // Errors are an open set.
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout,
    ]

    private init(_ error: NIOConnectionError) {
        guard let failure = error.connectionErrors.first?.error else {
            self = .noSuchName
            return
        }
        self.init(failure)
    }

    /// The library's word for it: `CERTIFICATE_VERIFY_FAILED`.
    private static func reason(of error: BoringSSLError) -> String {
        "\(error)".contains("CERTIFICATE_VERIFY_FAILED") ? "its certificate is not trusted here" : "\(error)"
    }
}
