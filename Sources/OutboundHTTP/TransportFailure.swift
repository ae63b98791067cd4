import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

/// Why an HTTP server gave no response, in words that are recorded and shown. They never repeat what the server says.
package enum TransportFailure: String, Error, Sendable, CaseIterable {
    case unusableAddress = "the request cannot be sent: its address is not usable"
    case noSuchName = "the name does not resolve (DNS)"
    case refused = "connection refused: nothing listens there"
    case noSocket = "cannot connect: there is no such socket"
    case forbidden = "cannot connect: this user may not use the socket"
    case cannotConnect = "cannot connect: its network or machine is out of reach"
    case noAuthorities = "no trusted certificates are installed: apt install ca-certificates, then restart paystate"
    case notTrusted = "its certificate is not trusted: unknown authority, expired, or for another name"
    case noTLS = "no encrypted connection can be agreed on with it"
    case connectTimedOut = "cannot connect in time"
    case timedOut = "no complete answer in time"
    case connectionBroken = "the connection broke before the answer was complete"
    case notHTTP = "the answer is not a usable HTTP response"
    case cannotDecompress = "the answer says that it is compressed, but cannot be decompressed"
    case tooLarge = "the answer is larger than 256 KiB"

    /// nil if the request was ended from this side.
    ///
    /// - Parameters:
    ///   - error: What AsyncHTTPClient or SwiftNIO threw. An error that is not named here happened while connecting.
    ///   - trustStore: Checked if TLS fails, for whether any authority is installed that could have vouched for the
    ///     server.
    package init?(_ error: any Error, trustStore: TrustStore = .system) {
        self.init(error)
        guard error is NIOSSLError || error is BoringSSLError, trustStore.isEmpty else { return }
        self = .noAuthorities
    }

    private init?(_ error: any Error) {
        switch error {
        case is CancellationError: return nil
        case let error as HTTPClientError: self.init(error)
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode): self = .connectionBroken
        case is NIOTooManyBytesError: self = .tooLarge
        case NIOHTTPDecompression.DecompressionError.limit: self = .tooLarge
        case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
            self = .cannotDecompress
        case let error as NIOSSLError: self.init(error)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname: self = .notTrusted
        case is BoringSSLError: self = .connectionBroken
        case HTTPParserError.invalidEOFState: self = .connectionBroken
        case is HTTPParserError: self = .notHTTP
        case ChannelError.connectTimeout: self = .connectTimedOut
        case is ChannelError: self = .connectionBroken
        case let error as NIOConnectionError: self.init(error)
        case let error as IOError where error.errnoCode == ECONNREFUSED: self = .refused
        case let error as IOError where error.errnoCode == ENOENT: self = .noSocket
        case let error as IOError where [EACCES, EPERM].contains(error.errnoCode): self = .forbidden
        default: self = .cannotConnect
        }
    }

    private init(_ error: NIOConnectionError) {
        let failures = error.connectionErrors.map(\.error)
        guard !failures.isEmpty else {
            self = .noSuchName
            return
        }
        // If a name has several addresses, a specific error of one is worth more than that others are out of reach.
        let reasons = failures.compactMap { TransportFailure($0) }
        self = reasons.first { $0 != TransportFailure.cannotConnect } ?? .cannotConnect
    }

    private init?(_ error: HTTPClientError) {
        switch error {
        case .cancelled, .alreadyShutdown: return nil
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: self = .connectTimedOut
        case .deadlineExceeded, .readTimeout, .writeTimeout: self = .timedOut
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath: self = .unusableAddress
        default: self = .connectionBroken
        }
    }

    private init(_ error: NIOSSLError) {
        switch error {
        case .handshakeFailed(.sslError(let stack)) where stack.contains { $0.isOfTrust }: self = .notTrusted
        case .noCertificateToValidate, .unableToValidateCertificate: self = .notTrusted
        case .uncleanShutdown: self = .connectionBroken
        default: self = .noTLS
        }
    }
}

extension TransportFailure: CustomStringConvertible {
    package var description: String { rawValue }
}

extension BoringSSLInternalError {
    /// The library gives its reasons in its description alone.
    fileprivate var isOfTrust: Bool { description.contains("CERTIFICATE_VERIFY_FAILED") }
}
