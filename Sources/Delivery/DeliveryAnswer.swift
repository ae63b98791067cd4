package import OutboundHTTP

/// What a target answered, as far as it matters: its status, or why there was none.
package enum DeliveryAnswer: Sendable, Equatable {
    /// - Parameter retryAfter: the time for which it asks not to be tried again.
    case status(Int, retryAfter: Duration?)
    case trouble(TransportFailure)
}

extension DeliveryAnswer {
    /// Whether the target has taken it. Nothing but a status of 2xx says so.
    package var isDelivered: Bool { statusCode.map { (200..<300).contains($0) } ?? false }

    package var statusCode: Int? {
        switch self {
        case .status(let status, _): status
        case .trouble: nil
        }
    }

    package var retryAfter: Duration? {
        switch self {
        case .status(_, let retryAfter): retryAfter
        case .trouble: nil
        }
    }

    /// Whether a failure is the target's, whatever was sent: nothing answered there, or something in front of it.
    package var isOfTarget: Bool {
        switch self {
        case .status(let status, _): [429, 502, 503, 504].contains(status)
        case .trouble: true
        }
    }

    /// For how long the target asks for no requests at all, rather than for no more of this one.
    package var requestedPause: Duration? { statusCode == 429 || statusCode == 503 ? retryAfter : nil }

    /// What is wrong with it, in words that never repeat what the target said.
    package var error: String {
        switch self {
        case .status(let status, _) where (300..<400).contains(status):
            "answered \(status): a redirect is not followed, give its address"
        case .status(let status, _): "answered \(status)"
        case .trouble(let failure): failure.description
        }
    }
}
