import Gateways
import HTTPTypes
import Ledger
import NIOCore
import Payments
import Synchronization
import Telemetry

/// Every response of the public listener: fixed and tiny, and without a reason (docs/http-api.md).
enum CallbackResponse: Sendable, CaseIterable {
    case acknowledged
    case malformed
    case unauthenticated
    case forbidden
    case notFound
    case methodNotAllowed
    case tooSlow
    case tooLarge
    case uriTooLong
    case encodingNotSupported
    case expectationNotMet
    case headersTooLarge
    case comeAgain

    var status: HTTPResponse.Status {
        switch self {
        case .acknowledged: .ok
        case .malformed: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .tooSlow: .requestTimeout
        case .tooLarge: .contentTooLarge
        case .uriTooLong: .uriTooLong
        case .encodingNotSupported: .unsupportedMediaType
        case .expectationNotMet: .expectationFailed
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .comeAgain: .serviceUnavailable
        }
    }

    /// A header field that tells the sender how to do better, if any.
    private var advice: String {
        switch self {
        case .unauthenticated: "WWW-Authenticate: Basic realm=\"paystate\", charset=\"UTF-8\"\r\n"
        case .methodNotAllowed: "Allow: POST\r\n"
        case .comeAgain: "Retry-After: 5\r\n"
        case .encodingNotSupported: "Accept-Encoding: identity\r\n"
        case .acknowledged, .malformed, .forbidden, .notFound, .tooSlow, .tooLarge, .uriTooLong, .expectationNotMet,
            .headersTooLarge:
            ""
        }
    }

    private var body: String {
        switch self {
        case .acknowledged: "OK\n"
        case .malformed, .unauthenticated, .forbidden, .notFound, .methodNotAllowed, .tooSlow, .tooLarge, .uriTooLong,
            .encodingNotSupported, .expectationNotMet, .headersTooLarge, .comeAgain:
            "\(status.reasonPhrase)\n"
        }
    }

    /// `100 Continue`, as it goes over the wire.
    static let continuation = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    /// The whole response as it goes over the wire: so little of it differs that an encoder would cost more than the rest of the
    /// answer.
    ///
    /// - Parameters:
    ///   - date: of the `Date` header.
    ///   - closes: whether the connection ends with it.
    func encoded(date: String, closes: Bool, hasBody: Bool) -> ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: 256)
        bytes.writeImmutableBuffer(Self.heads[self] ?? ByteBuffer())
        bytes.writeString(date)
        bytes.writeStaticString(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
        if hasBody { bytes.writeString(body) }
        return bytes
    }

    /// The head of each response, up to its date.
    private static let heads = Dictionary(
        uniqueKeysWithValues: allCases.map { response in
            let head = """
                HTTP/1.1 \(response.status.code) \(response.status.reasonPhrase)\r
                \(response.advice)Content-Type: text/plain; charset=utf-8\r
                Content-Length: \(response.body.utf8.count)\r
                Date:\u{20}
                """
            return (response, ByteBuffer(string: head))
        }
    )
}

extension CallbackResponse {
    /// The only place where a rejected callback becomes an HTTP status.
    init(_ rejection: Rejection) {
        self =
            switch rejection {
            case .unauthenticated: .unauthenticated
            case .forged, .foreign: .forbidden
            case .malformed: .malformed
            }
    }

    /// Nothing was committed, whatever the reason: the sender must try again.
    init(_ error: RecordingError) {
        self =
            switch error {
            case .queueIsFull, .isClosed, .isUnwritable, .isRefused: .comeAgain
            }
    }
}

/// The `Date` header of responses (RFC 9110, section 6.6.1), formatted once a second rather than once a response.
final class DateHeader: Sendable {
    private let now: @Sendable () -> Timestamp
    private let written = Mutex((second: Int64.min, text: ""))

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    var text: String {
        let time = now()
        let second = time.milliseconds / 1000
        return written.withLock { written in
            if written.second != second { written = (second, time.httpDate) }
            return written.text
        }
    }
}
