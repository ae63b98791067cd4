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

    /// Header fields that tell the sender how to do better, if any.
    private var advice: HTTPFields {
        switch self {
        case .unauthenticated: [.wwwAuthenticate: #"Basic realm="paystate", charset="UTF-8""#]
        case .methodNotAllowed: [.allow: "POST"]
        case .comeAgain: [.retryAfter: "5"]
        case .encodingNotSupported: [.acceptEncoding: "identity"]
        case .acknowledged, .malformed, .forbidden, .notFound, .tooSlow, .tooLarge, .uriTooLong, .expectationNotMet,
            .headersTooLarge:
            [:]
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

    var fields: HTTPFields { Self.prepared[self]?.fields ?? [:] }

    var bytes: ByteBuffer { Self.prepared[self]?.bytes ?? ByteBuffer() }

    /// Every response is built once.
    private static let prepared = Dictionary(
        uniqueKeysWithValues: allCases.map { response in
            var fields = response.advice
            fields[.contentType] = "text/plain; charset=utf-8"
            fields[.contentLength] = String(response.body.utf8.count)
            return (response, (fields: fields, bytes: ByteBuffer(string: response.body)))
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
