import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1

/// Why a question got no answer, in words that are recorded. What the other side says is never repeated in them.
package enum Trouble: String, Sendable, CaseIterable {
    case unusableAddress = "the question cannot be sent: its address is not usable"
    case cannotConnect = "cannot connect: no such name, nobody listens there, or its certificate is not trusted"
    case connectTimedOut = "cannot connect in time"
    case timedOut = "no whole answer in time"
    case connectionBroken = "the connection broke before the answer was whole"
    case notHTTP = "the answer is not HTTP"
    case tooLarge = "the answer is larger than 256 KiB"

    /// - Parameter error: What AsyncHTTPClient or SwiftNIO threw. What is none of the errors that are named here happens
    ///   while a connection is made (the errors of TLS and of name resolution, which are NIO's own).
    init(_ error: any Error) {
        self =
            switch error {
            case let error as HTTPClientError: Trouble(error)
            case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE: .connectionBroken
            case is NIOTooManyBytesError: .tooLarge
            case HTTPParserError.invalidEOFState: .connectionBroken
            case is HTTPParserError: .notHTTP
            case is CancellationError: .timedOut
            case ChannelError.connectTimeout: .connectTimedOut
            case is ChannelError: .connectionBroken
            default: .cannotConnect
            }
    }

    private init(_ error: HTTPClientError) {
        self =
            switch error {
            case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: .connectTimedOut
            case .deadlineExceeded, .readTimeout, .writeTimeout, .cancelled: .timedOut
            case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath: .unusableAddress
            default: .connectionBroken
            }
    }
}
